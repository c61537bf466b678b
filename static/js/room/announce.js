// New entries for people who listen to the page: one sentence every ten seconds at most.

import { effect } from "../../vendor/signals/signals-core.js";
import { entries, me } from "../state.js";
import { nameOf } from "./names.js";
import { visible } from "./rows.js";

const EVERY = 10_000;

/** `region` is a polite live region. */
export function announce(region) {
  let told = entries.peek().last?.number ?? 0;
  let due = null;
  const speak = () => {
    due = null;
    const fresh = visible(entries.peek(), "all").filter(({ number, author }) => number > told && author !== me.peek().handle);
    told = entries.peek().last?.number ?? told;
    if (fresh.length === 0) return;
    const { author, message } = fresh.at(-1);
    const count = fresh.length > 1 ? `${fresh.length} new entries. Last: ` : "";
    region.textContent = `${count}${nameOf(author)}: ${message.slice(0, 300)}`;
  };
  effect(() => {
    if ((entries.value.last?.number ?? 0) > told) due ??= setTimeout(speak, EVERY);
  });
}
