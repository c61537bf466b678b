// The sheets of the band: severity and state. Each asks why.

import { html } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { area, choices, severityChoices } from "./fields.js";
import { leftOpen } from "./left-open.js";
import { openSheet } from "./sheet.js";
import { nextStates, stateWord, statusFields } from "./words.js";

export function changeSeverity() {
  openSheet({
    title: `Change the severity of ${incident.value.id}`,
    label: "Change severity",
    fields: () => html`${severityChoices(incident.value.severity)}
      ${area("reason", "Why", { required: true, hint: "Unsure? Take the higher one." })}`,
    send: ({ severity, reason }) =>
      submit({ type: "update_incident", severity: Number(severity), reason }),
  });
}

/** `wanted` is chosen, where it may be next. */
export function changeState(wanted) {
  const next = nextStates(incident.value);
  if (next.length === 0) return cannotMove();
  const chosen = signal(next.find(({ key }) => key === wanted)?.key ?? "");
  const asked = () => next.find(({ key }) => key === chosen.value)?.asks;
  return openSheet({
    title: `Change the state of ${incident.value.id}, now ${stateWord(incident.value).toLowerCase()}`,
    label: "Change state",
    fields: () => html`
      ${choices("state", "It is now", next.map(({ key, word, means }) => ({ value: key, word: html`<b>${word}</b>`, means })), chosen.value, (key) => (chosen.value = key))}
      ${leftOpen(chosen.value)}
      ${area("reason", asked() ?? "Why", { required: Boolean(asked()) })}`,
    send: ({ state, reason }) =>
      submit({ type: "set_status", ...statusFields(state), ...(reason.trim() && { reason }) }),
  });
}

function cannotMove() {
  openSheet({
    title: `${incident.value.id} is ${stateWord(incident.value).toLowerCase()}`,
    close: true,
    fields: () => html`<p>A cancelled incident stays cancelled. Declare a new one if it was real after all.</p>`,
  });
}
