// Who is on call now, for lists of people to choose from.

import { signal } from "../../vendor/signals/signals-core.js";
import { fetched } from "./fetching.js";

/** handle -> true for whoever is on call; asked once, when people are first wanted. */
export const onCall = signal(null);

export async function askWhoIsOnCall() {
  if (onCall.peek() !== null) return;
  queueMicrotask(() => (onCall.value ??= {}));
  const answer = await fetched("/api/oncall").catch(() => null); // the list does without
  const told = await answer?.json().catch(() => null);
  const handles = [...(told?.roles ?? []), ...(told?.rotations ?? [])].flatMap((one) => (one.people ?? []).map((who) => who.person ?? who));
  if (handles.length) onCall.value = Object.fromEntries(handles.map((handle) => [handle, true]));
}
