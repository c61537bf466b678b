// What has been read: how many entries came since, and where somebody looked away. This browser
// remembers it for the next visit.

import { computed, effect, signal } from "../../vendor/signals/signals-core.js";
import { keep, kept } from "../keep.js";
import { entries, incident } from "../state.js";
import { hidden, tab } from "./place.js";
import { isShown } from "./rows.js";

/** The last entry that was seen before looking away. */
export const awayAfter = signal(Infinity);
const readTo = signal(0);

const last = computed(() => entries.value.last?.number ?? 0);

/** How many entries came that have not been looked at, be they loaded or not. */
export const unread = computed(() => {
  const log = entries.value;
  let [count, at] = [0, log.length - 1];
  for (; at >= 0 && log.at(at).number > readTo.value; at -= 1) count += isShown(log.at(at)) ? 1 : 0;
  return count + (at < 0 && log.first ? Math.max(0, log.first.number - 1 - readTo.value) : 0);
});

/** `atEnd` is a signal: whether the newest entry is in view. */
export function watchReading(atEnd) {
  const seen = `seen:${incident.value.id}`;
  const before = Number(kept(seen, "0"));
  if (before > 0 && before < last.value) awayAfter.value = before;
  readTo.value = last.value;
  const away = () => {
    awayAfter.value = readTo.value;
    keep(seen, String(readTo.value));
  };
  addEventListener("blur", away);
  addEventListener("pagehide", away);
  effect(() => {
    const looking = atEnd.value && !hidden.value && tab.value === "timeline";
    if (looking) readTo.value = Math.max(readTo.peek(), last.value);
  });
}
