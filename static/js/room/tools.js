// What one can do with an entry: copy its link, pin it, correct it; admins remove text.
// Nothing is edited: a correction is an entry of its own, and the old words stay, struck.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { post, submit } from "../sending.js";
import { me, incident } from "../state.js";
import { address, copy } from "./copying.js";
import { fetched } from "./fetching.js";
import { evidenceTool } from "./causes.js";
import { area } from "./fields.js";
import { icon } from "./icon.js";
import { openSheet } from "./sheet.js";

export const toolsOf = (entry) => html`<span class="ev-tools">
  ${tool("link", `Copy link to T${entry.number}`, (event) => copy(address(entry.number), event.currentTarget))}
  ${tool(entry.pinned ? "pin-off" : "pin", `${entry.pinned ? "Unpin" : "Pin"} T${entry.number}`, () => togglePin(entry))}
  ${entry.redacted || isMark(entry) ? nothing : tool("pencil", `Correct T${entry.number}`, () => correct(entry))}
  ${isMark(entry) ? nothing : evidenceTool(entry)}
  ${entry.redacted || isMark(entry) || me.value.role !== "admin"
    ? nothing
    : tool("x", `Remove the text of T${entry.number}`, () => remove(entry))}
</span>`;

const tool = (sign, words, does) =>
  html`<button class="icon-btn" type="button" aria-label=${words} title=${words} @click=${does}>${icon(sign)}</button>`;

const isMark = ({ kind }) => kind.startsWith("entry_");

function togglePin({ seq, index, number, pinned }) {
  const words = `${pinned ? "Unpin" : "Pin"} T${number}`;
  return post({ command: { type: "amend_entry", seq, index, pinned: !pinned }, words, sort: "change" });
}

export function correct({ seq, index, number, message, amended }) {
  openSheet({
    title: `Correct T${number}`,
    label: "Correct",
    fields: () =>
      area("message", "What it should say", {
        value: amended?.message ?? message,
        required: true,
        focus: true,
        hint: "The old words stay, struck through.",
      }),
    send: (values) => submit({ type: "amend_entry", seq, index, message: values.message }),
  });
}

function remove({ seq, index, number }) {
  openSheet({
    title: `Remove the text of T${number}`,
    label: `Remove the text of T${number}`,
    danger: true,
    fields: () => html`<p>For secrets and personal data. The text is gone for everybody and cannot be
      brought back; that T${number} existed, who wrote it and when stays.</p>`,
    send: () =>
      fetched(`/api/incidents/${encodeURIComponent(incident.value.id)}/timeline/${seq}/${index}`, { method: "DELETE" }),
  });
}
