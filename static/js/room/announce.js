// New entries for people who listen to the page: one sentence every ten seconds at most.

import { effect } from "../../vendor/signals/signals-core.js";
import { entries, me } from "../state.js";
import { visibly } from "../unseen.js";
import { nameOf } from "./names.js";
import { muted } from "./muting.js";
import { isMuted, isShown } from "./rows.js";

const EVERY = 10_000;

/** `region` is a polite live region. */
export function announce(region) {
  let told = entries.peek().last?.number ?? 0;
  let due = null;
  const speak = () => {
    due = null;
    const fresh = newerThan(told).filter((entry) => isShown(entry) && entry.author !== me.peek().handle && !isMuted(entry, muted.peek()));
    told = entries.peek().last?.number ?? told;
    if (fresh.length === 0) return;
    const { author, message } = fresh.at(-1);
    const count = fresh.length > 1 ? `${fresh.length} new entries. Last: ` : "";
    region.textContent = `${count}${nameOf(author)}: ${visibly(message).slice(0, 300)}`;
  };
  effect(() => {
    if ((entries.value.last?.number ?? 0) > told) due ??= setTimeout(speak, EVERY);
  });
}

function newerThan(number) {
  const log = entries.peek();
  return log.slice(log.indexOf(number) + 1).filter((entry) => entry.number > number);
}
