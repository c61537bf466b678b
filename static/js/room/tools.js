// What one can do with an entry: copy its link, pin it, correct it; admins remove text.
// Nothing is edited: a correction is an entry of its own, and the old words stay, struck.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { afterAnswer, post } from "../sending.js";
import { landmarks, me, mayAct, shown } from "../state.js";
import { cite } from "./citing.js";
import { address, copy } from "./copying.js";
import { evidenceTool } from "./causes.js";
import { icon } from "./icon.js";
import { muteButton } from "./muting.js";
import { correct, remove } from "./sheets.js";
import { toast } from "./toasts.js";

export const toolsOf = (entry) => html`<span class="ev-tools">
  ${mayAct.value ? tool("quote", `Cite T${entry.number} in what you write (q)`, () => cite(entry.number)) : nothing}
  ${tool("link", `Copy link to T${entry.number}`, (event) => copy(address(entry.number), event.currentTarget))}
  ${mayAct.value ? marking(entry) : nothing}
  ${muteButton(entry)}
</span>`;

const marking = (entry) => html`
  ${tool(entry.pinned ? "pin-off" : "pin", `${entry.pinned ? "Unpin" : "Pin"} T${entry.number}`, () => togglePin(entry))}
  ${entry.redacted || isMark(entry) ? nothing : tool("pencil", `Correct T${entry.number}`, () => correct(entry))}
  ${isMark(entry) ? nothing : evidenceTool(entry)}
  ${entry.redacted || isMark(entry) || me.value.role !== "admin"
    ? nothing
    : tool("x", `Remove the text of T${entry.number}`, () => remove(entry))}`;

const tool = (sign, words, does) =>
  html`<button class="icon-btn" type="button" aria-label=${words} title=${words} @click=${does}>${icon(sign)}</button>`;

const isMark = ({ kind }) => kind.startsWith("entry_");

function togglePin({ seq, index, number, pinned }) {
  const words = `${pinned ? "Unpin" : "Pin"} T${number}`;
  return post({ command: { type: "amend_entry", seq, index, pinned: !pinned }, words, sort: "change" });
}

afterAnswer(({ command: { type, seq, index, pinned }, kept }) => {
  if (type !== "amend_entry" || pinned === undefined || kept) return;
  const entry = [...landmarks.value, ...shown.value].find((one) => one.seq === seq && one.index === index);
  if (!entry) return;
  const undo = { words: "Undo", does: () => togglePin({ ...entry, pinned }) };
  toast({ about: "pin", words: `${pinned ? "Pinned" : "Unpinned"} T${entry.number}.`, action: undo });
});
