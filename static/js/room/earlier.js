// Older entries than those the page came with, fetched when asked for.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { addEarlier, entries, incident } from "../state.js";
import { fetched } from "./fetching.js";
import { saying } from "./words.js";

const AT_ONCE = 200;

const failure = signal(null);

const hasEarlier = () => (entries.value.first?.number ?? 1) > 1;

/** The way back, above the first entry. */
export const earlierRow = () => hasEarlier()
  ? html`<li class="earlier">${failure.value ? html`<span>${saying(failure.value)}</span> ` : nothing}
      <button class="text-btn" type="button" @click=${showEarlier}>Show earlier entries</button></li>`
  : nothing;

/** Fetches one page of older entries; false when there are none, or they cannot be had now. */
export async function showEarlier() {
  const { first } = entries.value;
  if (!hasEarlier()) return false;
  // The first may stand in the middle of its commit: ask for all of it, what is known is dropped.
  const query = new URLSearchParams({ before: first.seq + 1, limit: AT_ONCE });
  try {
    failure.value = null;
    const path = `/api/incidents/${encodeURIComponent(incident.value.id)}/timeline?${query}`;
    addEarlier(await (await fetched(path)).json());
  } catch (why) {
    failure.value = why;
  }
  return entries.value.first !== first;
}
