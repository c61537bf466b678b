// The sheet in which an incident takes the newest policy on.

import { html } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { openSheet } from "./sheet.js";

/** `revision` is the newest one. */
export function applyPolicy(revision) {
  openSheet({
    title: `Apply policy revision ${revision} to ${incident.value.id}`,
    label: "Apply the policy",
    size: "small",
    fields: () => html`<p>The incident goes on under the newest policy: its ladder, its targets and how
      often updates are due. Clocks count anew from now; what was promised stays promised.</p>`,
    send: () => submit({ type: "apply_policy" }),
  });
}
