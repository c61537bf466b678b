// The sheets of an entry: other words beside the old ones, or none at all.

import { html } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { fetched } from "./fetching.js";
import { area } from "./fields.js";
import { openSheet } from "./sheet.js";

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

export function remove({ seq, index, number }) {
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
