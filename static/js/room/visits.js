// When this browser last had the room before somebody's eyes, and whether that is long ago.
// Kept on leaving the page, hiding it, or when the machine sleeps; it decides nothing else.

import { effect } from "../../vendor/signals/signals-core.js";
import { keep, kept } from "../keep.js";
import { live } from "../state.js";
import { now, serverNow } from "../time.js";
import { hidden } from "./place.js";

const AWAY = 10 * 60_000; // ms after which one has missed something
const MANY = 20; // entries after which one has

const name = () => `left:${live.peek().incident.id}`;
const here = () => ({ seq: live.peek().seq, at: serverNow(), entries: live.peek().incident.entries ?? 0 });

/** The visit before this one, {seq, at, entries}, or null: what was kept, else the last entry seen. */
function before() {
  try {
    const left = JSON.parse(kept(name(), "null"));
    if (Number.isInteger(left?.seq) && left.seq > 0) return left;
  } catch {
    // written by something else: as if there were nothing
  }
  const seen = live.peek().entries.byNumber(Number(kept(`seen:${live.peek().incident.id}`, "0")));
  return seen ? { seq: seen.seq, at: Date.parse(seen.recordedAt), entries: seen.number } : null;
}

const isLongAgo = ({ seq, at, entries }) =>
  live.peek().seq > seq && (serverNow() - at >= AWAY || (live.peek().incident.entries ?? 0) - entries >= MANY);

/** `back(visit, missed)` is called with the visit before, now and whenever somebody comes back. */
export function watchVisits(back) {
  let last = before();
  back(last, last !== null && isLongAgo(last));
  last = here();
  const leave = () => {
    if (!hidden.peek()) last = here();
    keep(name(), JSON.stringify(last));
  };
  let isAway = false;
  addEventListener("pagehide", leave);
  effect(() => {
    const slept = now.value - last.at >= AWAY; // no second passed on this page meanwhile
    if (hidden.value && !isAway) {
      last = here();
      keep(name(), JSON.stringify(last));
    } else if (!hidden.value) {
      if ((isAway || slept) && isLongAgo(last)) back(last, true);
      last = here();
    }
    isAway = hidden.value;
  });
}
