// Citing an entry: its T-number goes into what is being written, where the cursor stands.

import { offer } from "../offers.js";
import { mayAct } from "../state.js";
import { draft } from "./draft.js";
import { current } from "./looking.js";
import { tab } from "./place.js";

offer({ id: "cite", words: "Cite the entry that is pointed at", keys: "q", may: () => mayAct.value && current.value !== null, does: () => cite(current.value) });

export function cite(number) {
  tab.value = "timeline";
  const field = document.getElementById("say");
  const at = document.activeElement === field ? field.selectionStart : draft.value.length;
  const [before, after] = [draft.value.slice(0, at), draft.value.slice(at)];
  const written = `${before}${/\S$/.test(before) ? " " : ""}T${number} `;
  draft.value = `${written}${after}`;
  field.focus();
  field.setSelectionRange(written.length, written.length);
}
