// What stands in the composer, kept over a reload.

import { effect, signal } from "../../vendor/signals/signals-core.js";
import { keep, kept } from "../keep.js";

export const draft = signal("");

/** `written` is what stood in the field before this page came alive. */
export function keepDraft(incident, written) {
  const name = `draft:${incident}`;
  draft.value = written || kept(name, "");
  effect(() => keep(name, draft.value));
}
