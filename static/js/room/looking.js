// How somebody looks at the log: which filter, which runs are open, which entry is meant; and the
// rows that come of it.

import { computed, signal } from "../../vendor/signals/signals-core.js";
import { landmarks, shown } from "../state.js";
import { date, zone } from "../time.js";
import { muted } from "./muting.js";
import { rowsOf } from "./rows.js";
import { awayAfter } from "./unread.js";

export const filter = signal("all");
export const current = signal(null); // number of the entry that is pointed at, or has the focus
export const found = signal(null); // number of the entry that a link named
export const printing = signal(false); // paper cannot be unfolded
const opened = signal(new Set()); // numbers at which a run begins that is open
const EVERY = { has: () => true };
const ANYWHERE = new Set(["decisions", "pinned"]); // what these show is known however old it is

const days = { utc: ({ timestamp }) => timestamp.slice(0, 10), local: ({ timestamp }) => date(timestamp, "local") };

const look = computed(() => ({
  filter: filter.value,
  opened: printing.value ? EVERY : opened.value,
  awayAfter: awayAfter.value,
  muted: muted.value,
  dayOf: days[zone.value],
}));

let before = null;

/** {rows}: every row there is, drawn or not. */
export const all = computed(() => {
  const log = ANYWHERE.has(filter.value) ? landmarks.value : shown.value;
  return (before = rowsOf(log, look.value, before));
});

/** How many decisions there are, and how many pinned entries: of the whole incident. */
export const counts = computed(() => ({
  decisions: landmarks.value.slice().filter(({ type }) => type === "decision").length,
  pinned: landmarks.value.slice().filter(({ pinned }) => pinned).length,
}));

export function toggle(number) {
  const next = new Set(opened.value);
  if (!next.delete(number)) next.add(number);
  opened.value = next;
}

/** The row in which entry `number` is, opening the run that hides it; undefined if it has none. */
export function rowOf(number) {
  const hides = ({ row, open, run }) => row === "fold" && !open && run.some((one) => one.number === number);
  const fold = all.value.rows.find(hides);
  if (fold) toggle(fold.entry.number);
  return all.value.rows.find(({ row, entry }) => row === "entry" && entry.number === number);
}
