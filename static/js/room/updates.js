// Communications: who was told what and when, and who waits for the next word.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { incident, submit } from "../state.js";
import { bothZones, clock, minuteOfDay, now, span, urgency } from "../time.js";
import { area, segments } from "./fields.js";
import { ticking } from "./panel.js";
import { openSheet } from "./sheet.js";
import { AUDIENCES, isFinal, isOver } from "./words.js";

const channels = computed(() => incident.value.communications ?? {});

/** How many audiences wait for an update that is late. */
export const lateUpdates = computed(
  () => Object.values(channels.value).filter(({ dueAt }) => urgency(dueAt) === "late").length,
);

export const updatesPanel = () => html`
  <header class="panel-h"><h2 id="h-comms">Communications</h2>
    ${isFinal(incident.value) ? nothing : html`<button class="text-btn" type="button" @click=${() => writeUpdate()}>Write update</button>`}</header>
  <table><tbody>${Object.entries(AUDIENCES).map(row)}</tbody></table>
  <p class="narrow-only"><a href="/api/incidents/${incident.value.id}/postmortem.md" target="_blank">Post-mortem draft</a></p>`;

function row([audience, word]) {
  const { lastSentAt, dueAt } = channels.value[audience] ?? {};
  return html`<tr data-level=${ticking(() => urgency(dueAt))}>
    <th scope="row">${word}</th>
    <td title=${lastSentAt ? bothZones(lastSentAt) : nothing}>${lastSentAt ? `sent ${minuteOfDay(lastSentAt)}` : "nothing sent"}</td>
    <td class="due" title=${dueAt ? bothZones(dueAt) : nothing}>${dueAt ? ticking(() => dueWords(dueAt)) : nothing}</td>
  </tr>`;
}

function dueWords(dueAt) {
  const left = Date.parse(dueAt) - now.value;
  return left < 0 ? html`<b>${span(-left)} late</b>` : `due in ${clock(left)}`;
}

const PROMISES = [["PT15M", "15 min"], ["PT30M", "30 min"], ["PT60M", "60 min"], ["", "No promise"]];

export function writeUpdate(audience = mostUrgent()) {
  const over = isOver(incident.value);
  openSheet({
    title: `Write an update on ${incident.value.id}`,
    label: "Post update",
    fields: () => html`${segments("audience", "To", Object.entries(AUDIENCES), audience)}
      ${area("message", "Message", { required: true, focus: true, hint: "What they see, what is being done. It stands in the timeline as it is here." })}
      ${over ? nothing : segments("nextUpdateIn", "Next update in", PROMISES, "PT30M")}`,
    send: ({ nextUpdateIn, ...values }) =>
      submit({ type: "post_update", ...values, ...(nextUpdateIn && { nextUpdateIn }) }),
  });
}

function mostUrgent() {
  const due = Object.entries(channels.value).filter(([, { dueAt }]) => dueAt);
  return due.sort(([, a], [, b]) => a.dueAt.localeCompare(b.dueAt))[0]?.[0] ?? "customers";
}
