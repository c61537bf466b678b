// Commands without an answer, in this browser's storage: one key for each, so that two tabs never
// write over each other. What storage does not take (blocked, full) is held by this tab alone.

import { signal } from "../../vendor/signals/signals-core.js";

const PREFIX = "out:";
const held = new Map(); // key -> record that storage did not take
let newest = 0;

/** Why something is held by this tab alone, or null: "full" or "blocked". */
export const trouble = signal(null);

/** Where what is written stays meanwhile, for the words of a page. */
export const keptIn = () => (trouble.value ? "this tab" : "this browser");

const keyOf = ({ incident, handle, n }) => `${PREFIX}${incident}:${handle}:${n}`;

/** The commands of an incident, whoever wrote them, in the order in which they were written.
 * Of what storage had taken and does not take as it is now, what this tab holds counts. */
export function keptFor(incident) {
  const begin = `${PREFIX}${incident}:`;
  const found = keys().filter((key) => key.startsWith(begin) && !held.has(key)).map(read);
  return [...found, ...held.values()].filter((one) => one?.incident === incident).sort((a, b) => a.n - b.n);
}

/** How many commands of `handle` wait for other incidents: {"INC-8": 2}. */
export function keptElsewhere(incident, handle) {
  const counts = {};
  for (const key of keys()) {
    const [, where, whose] = key.split(":");
    if (where !== incident && whose === handle) counts[where] = (counts[where] ?? 0) + 1;
  }
  return counts;
}

/** A number that comes after that of everything kept, also where a clock went back. */
export function nextNumber(incident) {
  newest = Math.max(newest, Date.now(), ...keptFor(incident).map(({ n }) => n)) + 1;
  return newest;
}

export function put(record) {
  const key = keyOf(record);
  try {
    localStorage.setItem(key, JSON.stringify(record));
    held.delete(key);
  } catch (why) {
    held.set(key, record);
    trouble.value = why.name === "QuotaExceededError" ? "full" : "blocked";
  }
}

export function drop(record) {
  held.delete(keyOf(record));
  if (held.size === 0) trouble.value = null;
  try {
    localStorage.removeItem(keyOf(record));
  } catch {
    // blocked: it was held here
  }
}

/** Whether closing this tab would lose something. */
export const mayBeLost = () => held.size > 0;

/** `changed()` hears when another tab keeps, changes or drops something. */
export function watchOthers(changed) {
  addEventListener("storage", ({ key }) => (key === null || key.startsWith(PREFIX)) && changed());
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

/** A record, or null for what nobody of ours wrote. */
function read(key) {
  try {
    const record = JSON.parse(localStorage.getItem(key));
    return record && keyOf(record) === key && record.command ? record : null;
  } catch {
    return null;
  }
}
