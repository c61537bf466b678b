// The band: how bad, what, in which state, since when, and what is due next.
// The clocks run by themselves; everything else is drawn when the incident changes.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { incident } from "../state.js";
import { bothZones, clock, clockNow, duration, SOON, urgency } from "../time.js";
import { summary, summaryField, title } from "./band-words.js";
import { copy, lineOf } from "./copying.js";
import { resolveDue } from "./due-lines.js";
import { bars, icon } from "./icon.js";
import { runs } from "./ladder-facts.js";
import { acknowledge } from "./ladder-acts.js";
import { nameOf } from "./names.js";
import { nextLine, nextUpdate, overSince } from "./next-line.js";
import { ticking } from "./panel.js";
import { isFinal, isOver, isWanted, stateKey, stateWord } from "./words.js";
import { changeSeverity, changeState, pageSomeone } from "./sheets.js";
import { writeUpdate } from "./updates.js";
import { isAsked } from "./yours.js";

/** Whether an answer is waited for, and anybody may give it; who is asked does so in their own strip. */
const waits = computed(() => {
  const { acknowledgedTime, escalation: { round, respondBy, acknowledgedBy } = {} } = incident.value;
  if (isOver(incident.value) || isAsked.value || acknowledgedBy) return false;
  return runs(incident.value.escalation) || (!acknowledgedTime && Boolean(round || respondBy));
});

export const band = () => html`
  <button class="sev-block" type="button" @click=${changeSeverity}>
    ${bars()}<span class="sev-word">SEV</span><span class="sev-num">${incident.value.severity}</span>
    <span class="vh">, 1 is the worst of 5. Change severity</span>
  </button>
  <div class="band-main">${names()} ${title()} ${condition()} ${summaryField()} ${nextLine()}</div>
  <dl class="clocks">${clocks()}</dl>
  <div class="band-actions">${buttons()}</div>`;

const names = () => html`<p class="band-id">
  <span class="mono">${incident.value.id}</span>
  ${incident.value.drill ? html`<span class="tag drill">Drill</span>` : nothing}
  <button class="copy" type="button" @click=${(event) => copy(lineOf(incident.value), event.currentTarget)}>
    ${icon("link")}Copy link</button>
  <span class="sep"></span>
  <a href="/api/incidents/${incident.value.id}/postmortem.md" target="_blank">Post-mortem draft</a>
  ${(incident.value.links ?? []).slice(0, 3).map(outside)}
</p>`;

/** Links are checked by the server; anything but http(s) is not made one here either. */
const outside = ({ url, label }) => /^https?:\/\//.test(url)
  ? html`<span class="sep"></span><a href=${url} rel="noopener noreferrer" target="_blank">${label}</a>`
  : nothing;

const condition = () => html`<p class="band-state" data-state=${stateKey(incident.value)}>
  <button class="state" type="button" data-state=${stateKey(incident.value)} @click=${changeState}>
    <span class="state-dot" aria-hidden="true"></span>${stateWord(incident.value)}<span class="vh">, change the state</span>${icon("chevron-down")}
  </button>
  <span class="band-lead">${leader()}</span>
  ${summary()}
</p>`;

/** Who leads, for screens on which the roles are a tab away. */
const leader = () => incident.value.commander
  ? `${nameOf(incident.value.commander)} ${isOver(incident.value) ? "led" : "leads"}`
  : isOver(incident.value) ? nothing
  : isWanted("incident_commander", incident.value.severity) ? html`<b>Nobody leads</b>` : "Nobody leads";

function clocks() {
  const { declaredTime, startTime, mitigationTime } = incident.value;
  const over = overSince.value;
  return [
    running("Elapsed", declaredTime, over, resolveDue()),
    running("Customer impact", startTime ?? declaredTime, mitigationTime ?? over),
    due(),
  ];
}

function running(label, from, to, below = nothing) {
  const length = () => (to ? Date.parse(to) : clockNow.value) - Date.parse(from);
  return html`<div class="clock" ?data-done=${Boolean(to)} title="since ${bothZones(from)}">
    <dt>${label}</dt>
    <dd><time datetime=${ticking(() => duration(length()))}>${ticking(() => clock(length()))}</time></dd>${below}
  </div>`;
}

function due() {
  const next = nextUpdate.value;
  if (!next) return html`<div class="clock due" data-level="none"><dt>Next update due</dt><dd><time>none</time></dd></div>`;
  const left = () => Math.abs(Date.parse(next.at) - clockNow.value);
  return html`<div class="clock due" data-level=${ticking(() => urgency(next.at))} title=${bothZones(next.at)}>
    <dt>${ticking(() => (urgency(next.at) === "late" ? "Update late by" : "Next update due"))}</dt>
    <dd><time datetime=${next.at}>${ticking(() => clock(left()))}</time></dd>
    <dd class="drain" aria-hidden="true"><progress max=${SOON} value=${ticking(() => Math.min(SOON, left()))}></progress></dd>
  </div>`;
}

const buttons = () => isFinal(incident.value) ? nothing : html`
  ${waits.value ? answering() : nothing}
  <button class="btn ${waits.value || isAsked.value || isOver(incident.value) ? "" : "primary"}" type="button" @click=${() => writeUpdate()}>${icon("megaphone")}Write update</button>
  ${waits.value || isOver(incident.value) ? nothing : html`<button class="btn" type="button" @click=${pageSomeone}>${icon("phone-call")}Page someone</button>`}`;

function answering() {
  const { respondBy, climbAt, paged } = incident.value.escalation ?? {};
  const answer = respondBy ?? (paged?.length ? climbAt : null);
  const left = () => {
    const rest = answer ? Date.parse(answer) - clockNow.value : 0;
    return rest > 0 ? clock(rest) : answer ? "late" : "";
  };
  return html`<button class="btn primary urgent" type="button"
    @click=${acknowledge}>
    ${icon("check")}Acknowledge <span class="countdown">${ticking(left)}</span></button>`;
}

