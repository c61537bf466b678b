// Communications: who was told what and when, and who waits for the next word.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { incident } from "../state.js";
import { bothZones, clock, clockNow, lengthOf, minuteOfDay, span, urgency } from "../time.js";
import { icon } from "./icon.js";
import { ticking } from "./panel.js";
import { snooze, writeTo } from "./sheets.js";
import { AUDIENCES, isFinal, isOver } from "./words.js";

const channels = computed(() => incident.value.communications ?? {});

/** How many audiences wait for an update that is late. */
export const lateUpdates = computed(
  () => Object.values(channels.value).filter(({ dueAt }) => urgency(dueAt) === "late").length,
);

export const updatesPanel = () => html`
  <header class="panel-h"><h2 id="h-comms">Communications</h2><span class="n">${cadence()}</span>
    ${isFinal(incident.value) ? nothing : html`<button class="text-btn" type="button" @click=${() => writeUpdate()}>Write update</button>`}</header>
  <table><tbody>${Object.entries(AUDIENCES).map(row)}</tbody></table>
  <p class="narrow-only"><a href="/api/incidents/${incident.value.id}/postmortem.md" target="_blank">Post-mortem draft</a></p>`;

function row([audience, word]) {
  const { lastSentAt, dueAt, snoozed } = channels.value[audience] ?? {};
  return html`<tr data-on=${audience} data-level=${ticking(() => urgency(dueAt))}>
    <th scope="row">${word}</th>
    <td title=${lastSentAt ? bothZones(lastSentAt) : nothing}>${lastSentAt ? `sent ${minuteOfDay(lastSentAt)}` : "nothing sent"}</td>
    <td class="due" title=${dueAt ? bothZones(dueAt) : nothing}>${dueAt ? ticking(() => dueWords(dueAt, snoozed)) : nothing}</td>
    ${isFinal(incident.value) ? nothing : html`<td class="do"><span>
      ${press("megaphone", "Write", `Write update to ${word.toLowerCase()}`, () => writeUpdate(audience))}
      ${dueAt ? press("clock", "Snooze", `Snooze the update to ${word.toLowerCase()}`, () => snooze(audience)) : nothing}</span></td>`}
  </tr>`;
}

const press = (sign, word, words, does) =>
  html`<button class="icon-btn sm" type="button" aria-label=${words} title=${words} @click=${does}>${icon(sign)}<b>${word}</b></button>`;

function dueWords(dueAt, snoozed) {
  const left = Date.parse(dueAt) - clockNow.value;
  return left < 0 ? html`<b>${span(-left)} late</b>` : `${snoozed ? "snoozed" : "due in"} ${clock(left)}`;
}

/** "customers every 30 min", where the severity promises that. */
function cadence() {
  const every = incident.value.policy?.updateEvery?.customers;
  return every && !isOver(incident.value) ? `customers every ${span(lengthOf(every)).replace(" h 0 m", " h")}` : "";
}

export const writeUpdate = (audience = mostUrgent()) => writeTo(audience);

function mostUrgent() {
  const due = Object.entries(channels.value).filter(([, { dueAt }]) => dueAt);
  return due.sort(([, a], [, b]) => a.dueAt.localeCompare(b.dueAt))[0]?.[0] ?? "customers";
}
