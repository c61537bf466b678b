// The ladder: who was paged, who is being paged, who comes next; and what one can do about it.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { incident, landmarks, me } from "../state.js";
import { bothZones, clock, clockNow, minuteOfDay } from "../time.js";
import { icon } from "./icon.js";
import { acknowledge, resume } from "./ladder-acts.js";
import { answerOf, rings, rungsOf, runs } from "./ladder-facts.js";
import { nameOf, nameOrYou } from "./names.js";
import { ticking } from "./panel.js";
import { policyLine } from "./policy.js";
import { pageNext, pageSomeone, pause } from "./sheets.js";
import { isOver, roleInWords } from "./words.js";

const ladder = computed(() => incident.value.escalation ?? {});
const rungs = computed(() => rungsOf(ladder.value, landmarks.value));
const answer = computed(() => answerOf(ladder.value, landmarks.value));
const left = (iso) => Date.parse(iso) - clockNow.value;

export const ladderPanel = () => {
  const over = isOver(incident.value);
  return html`
    <header class="panel-h"><h2 id="h-ladder">Escalation</h2><span class="n">${passes()}</span>
      ${over ? nothing : pausing()}</header>
    ${ladder.value.round ? html`<ol>${rungs.value.map(rung)}</ol>` : html`<p class="quiet-line">Nobody is paged at severity ${incident.value.severity}</p>`}
    ${over ? nothing : html`${standing()}${buttons()}`} ${policyLine()}`;
};

function passes() {
  const { round, turn } = ladder.value;
  return [round > 1 && `round ${round}`, turn > 1 && `turn ${turn} of 5`].filter(Boolean).join(", ");
}

function pausing() {
  if (ladder.value.pausedUntil) return html`<button class="text-btn" type="button" @click=${resume}>Resume</button>`;
  return runs(ladder.value) ? html`<button class="text-btn" type="button" @click=${pause}>Pause</button>` : nothing;
}

const SIGNS = { acked: () => icon("check"), ringing: () => icon("phone-call") };
const hasSign = ({ state }) => state in SIGNS;

const rung = (one) => html`<li data-s=${one.state}>
  <span class="rung">${SIGNS[one.state]?.() ?? one.level}</span>
  <p>${hasSign(one) ? html`<span class="vh">Level ${one.level}: </span>` : nothing}<b>${namesOf(one)}</b><span>${whyOf(one)}</span></p>
  <span class="rung-t">${timesOf(one)}</span>
  ${one.state === "ringing" && one.call && !ladder.value.pausedUntil ? bar(one) : nothing}
</li>`;

function namesOf({ call, page, state, level }) {
  if (state === "acked") return capital(nameOrYou(ladder.value.acknowledgedBy));
  const people = calledBy(call) ?? (state === "ringing" && level === ladder.value.level ? ladder.value.paged : []);
  return people.length ? listed(people) : targets(page);
}

const calledBy = (call) => call?.data.people.map(({ person }) => person);
const listed = (people) => capital(people.map(nameOrYou).join(", "));

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** Whom a level would page: "Operations lead", "Lead, Manager". */
const targets = ({ roles = [], people = [], rotations = [] }) =>
  capital([...roles.map(roleInWords), ...people.map(nameOf), ...rotations].join(", "));

function whyOf({ call, state, note, page }) {
  if (state === "skipped") return `nobody: ${note}`;
  if (state === "missed") return "fell due while no server ran";
  const others = state === "acked" ? calledBy(call).filter((one) => one !== ladder.value.acknowledgedBy) : [];
  const why = [...new Set(call?.data.people.map((one) => one.why) ?? [])].join("; ");
  if (others.length) return `paged: ${listed(calledBy(call))}`;
  return why || (page.roles.length ? "whoever has the role, or is on call for it" : "");
}

function timesOf({ state, call, at, level }) {
  if (state === "acked") return answer.value?.took == null ? "answered" : `answered in ${clock(answer.value.took)}`;
  if (state === "ringing") return ringing(level);
  if (state === "silent") return html`<b>no answer</b><br>paged ${minuteOfDay(call.timestamp)}`;
  if (state !== "next" || !at) return "";
  return html`<time title=${bothZones(at)}>at ${minuteOfDay(at)}</time>`;
}

function ringing(level) {
  const { climbAt, pausedUntil, levels, respondBy, again } = ladder.value;
  if (pausedUntil) return "paused";
  const next = level < levels ? `until level ${level + 1}` : "until it goes round";
  const late = again ? html`<b class="late-b">late</b> ` : respondBy ? html`<span title=${bothZones(respondBy)}>late at ${minuteOfDay(respondBy)}, </span>` : nothing;
  return html`<time datetime=${climbAt} title=${bothZones(climbAt)}>${ticking(() => clock(left(climbAt)))}</time><br>${late}${next}`;
}

function bar({ call }) {
  const { climbAt } = ladder.value;
  const whole = Date.parse(climbAt) - Date.parse(call.timestamp);
  return html`<progress aria-hidden="true" max=${Math.max(1, whole)} value=${ticking(() => Math.max(0, left(climbAt)))}></progress>`;
}

/** Where the whole of it stands, where the rungs do not say so. */
function standing() {
  const { pausedUntil, ended, proveBy, asked, climbAt, paged = [], acknowledgedBy } = ladder.value;
  if (ended && !/^nobody answered/.test(ended)) return html`<p class="quiet-line">Nobody is paged any more: ${ended}</p>`;
  if (ended) return html`<p class="warn">${icon("triangle-alert")}<span>Nobody is paged any more: ${ended}.</span></p>`;
  if (pausedUntil)
    return html`<p class="warn">${icon("clock")}<span>Paused until ${minuteOfDay(pausedUntil)}, <time>${ticking(() => clock(left(pausedUntil)))}</time> left.</span></p>`;
  if (acknowledgedBy && asked && proveBy)
    return html`<p class="warn">${icon("circle-help")}<span>Asked ${nameOrYou(acknowledgedBy)}: still on it? The ladder goes on in <time>${ticking(() => clock(left(proveBy)))}</time>.</span></p>`;
  if (acknowledgedBy && !rungs.value.some(({ state }) => state === "acked"))
    return html`<p class="quiet-line">${capital(nameOrYou(acknowledgedBy))} acknowledged${proveBy ? ` and has until ${minuteOfDay(proveBy)} to take a role or write an entry` : ""}</p>`;
  if (climbAt && paged.length === 0)
    return html`<p class="warn" data-level="late">${icon("triangle-alert")}<span>Nobody could be paged. Trying again in <time>${ticking(() => clock(left(climbAt)))}</time>.</span></p>`;
  return nothing;
}

function buttons() {
  const waits = !ladder.value.acknowledgedBy && runs(ladder.value);
  const mine = rings(ladder.value, me.value.handle);
  return html`<div class="ladder-f">
    ${waits ? html`<button class="btn sm ${mine ? "primary wide" : ""}" type="button" @click=${acknowledge}>Acknowledge</button>` : nothing}
    ${rungs.value.length ? html`<button class="btn sm" type="button" @click=${pageNext}>Page next level</button>` : nothing}
    <button class="btn sm" type="button" @click=${pageSomeone}>Page someone</button>
  </div>`;
}
