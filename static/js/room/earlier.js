// Entries that are not loaded: older ones, newer ones than those that are read, and those around
// one that a link names. They are fetched when somebody goes there.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { logOf } from "../entries.js";
import { addEarlier, addLater, entries, held, incident, MOST, readsBack, shown } from "../state.js";
import { fetched } from "./fetching.js";
import { saying } from "./words.js";

const AT_ONCE = 200;
const NEIGHBOURS = 50; // entries on either side of one that a link names, at least
const MOST_AT_ONCE = 500; // a commit comes whole, and an import is one commit
const TRIES = 20; // pages that are looked at for an entry; every third one halves what is left

const failure = signal(null);
const fetching = signal(null); // the promise of what is on its way

/** Whether something is on its way. */
export const isFetching = () => fetching.peek() !== null;

export const hasFailed = () => failure.peek() !== null;

const hasEarlier = () => (shown.value.first?.number ?? 1) > 1;

/** The way back, above the first entry. */
export function earlierRow() {
  if (!hasEarlier()) return nothing;
  const words = fetching.value ? "Loading earlier entries" : "Show earlier entries";
  return html`<li class="earlier">${failure.value ? html`<span>${saying(failure.value)}</span> ` : nothing}
    <button class="text-btn" type="button" ?disabled=${fetching.value !== null} @click=${showEarlier}>${words}</button></li>`;
}

/** Fetches one page of older entries; false when there are none, or they cannot be had or are not wanted now. */
export const showEarlier = () => once(async () => {
  const { first } = shown.value;
  if (!hasEarlier()) return false;
  const wasBack = readsBack.peek();
  // The first may stand in the middle of its commit: ask for all of it, what is known is dropped.
  const older = (await page({ before: first.seq + 1 })).filter(({ number }) => number < first.number);
  const isLeft = wasBack && !readsBack.peek(); // somebody has gone to the end meanwhile
  if (isLeft || shown.value.first?.number !== first.number) return false;
  addEarlier(older.slice(-MOST_AT_ONCE));
  return shown.value.first !== first;
});

/** Goes on towards the end from what is read apart from it. */
export const showLater = () => once(async () => {
  const { last } = held.value ?? {};
  if (!last) return false;
  const isNext = ({ number }) => number > last.number && number <= entries.value.last.number;
  const known = entries.value.first.number <= last.number + 1;
  const newer = known ? entries.value.slice() : await page({ after: last.seq - 1 });
  if (held.value?.last.number !== last.number) return false; // or elsewhere
  addLater(newer.filter(isNext).slice(0, known ? AT_ONCE : MOST_AT_ONCE));
  return true;
});

/** Loads the entries around T`number`, whatever is loaded now; false if there is no such entry. */
export const showAround = (number) => once(async () => {
  if (shown.value.byNumber(number)) return true;
  if (entries.value.byNumber(number)) return (held.value = null) === null;
  if (number > (entries.value.last?.number ?? 0)) return false;
  const found = await pageWith(number);
  if (!found) return false;
  const at = found.findIndex((one) => one.number === number);
  const before = at < NEIGHBOURS ? await page({ before: found[0].seq + 1 }) : [];
  const after = found.length - at < NEIGHBOURS ? await page({ after: found.at(-1).seq - 1 }) : [];
  const around = logOf(found).withEarlier(before).with(after);
  const place = around.indexOf(number);
  held.value = logOf(around.slice(Math.max(0, place - MOST / 2), place + MOST / 2));
  return true;
});

/** The page with T`number`: entries are asked for by the seq of their commit, which is closed in on. */
async function pageWith(number) {
  let low = { seq: 0, number: 0 };
  let high = entries.value.first;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const each = Math.max(1, (high.number - low.number) / (high.seq - low.seq)); // entries in a commit
    const guess = tries % 3 ? low.seq + (number - low.number) / each - AT_ONCE / 2 / each : (low.seq + high.seq) / 2;
    const found = await page({ after: Math.max(low.seq, Math.floor(guess) - 1) });
    if (found.some((entry) => entry.number === number)) return found;
    if (found[0]?.number > number) [high] = found;
    else if (found.length) low = found.at(-1);
    else return null;
  }
  return null;
}

async function page(where) {
  const query = new URLSearchParams({ limit: AT_ONCE, ...where });
  return (await fetched(`/api/incidents/${encodeURIComponent(incident.value.id)}/timeline?${query}`)).json();
}

/** One after the other; what goes wrong is said where the way back is. */
async function once(work) {
  const mine = Promise.resolve(fetching.peek()).then(work).catch((why) => {
    failure.value = why;
    return false;
  });
  [failure.value, fetching.value] = [null, mine];
  const done = await mine;
  if (fetching.peek() === mine) fetching.value = null;
  return done;
}
