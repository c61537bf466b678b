// Older entries than those the page came with, fetched when asked for.

import { batch } from "../../vendor/signals/signals-core.js";
import { addEarlier, entries, incident } from "../state.js";

const AT_ONCE = 200;

export const hasEarlier = () => (entries.value[0]?.number ?? 1) > 1;

/** Fetches one page of older entries; false when there are none, or they cannot be had now. */
export async function showEarlier() {
  const [first] = entries.value;
  if (!hasEarlier()) return false;
  // The page may begin in the middle of a commit: ask for all of it, what is known is dropped.
  const query = new URLSearchParams({ before: first.seq + 1, limit: AT_ONCE });
  const answer = await fetch(`/api/incidents/${encodeURIComponent(incident.value.id)}/timeline?${query}`);
  if (!answer.ok) return false;
  const older = await answer.json();
  batch(() => addEarlier(older));
  return entries.value[0] !== first;
}
