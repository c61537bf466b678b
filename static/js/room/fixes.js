// The fixes: what is proposed, what runs, what was done. Whether something may start is for the
// server to say; what it refuses, and what it would refuse, stands on the card.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { actions, incident, me } from "../state.js";
import { bothZones, clockNow, lengthOf, minuteOfDay, span } from "../time.js";
import { visibly } from "../unseen.js";
import { obstacle, refused } from "./fix-answers.js";
import { buttonsOf, more } from "./fix-buttons.js";
import { icon } from "./icon.js";
import { nameOf, nameOrYou } from "./names.js";
import { ticking } from "./panel.js";
import { approverOf } from "./fix-approvers.js";
import { propose } from "./sheets.js";
import { isFinal } from "./words.js";

const APPROVAL_UP_TO = 2; // the mildest severity on which a start needs approval
const MILDEST = 5; // nothing waits for approval any more once an incident is over for good
const DONE_SHOWN = 3;
const ORDER = ["waiting", "running", "ready", "queued"]; // what somebody has to see first in front

const all = signal(false);

/** waiting, ready, queued, running, done or dropped: what its card is about. */
export function stageOf({ status, approvedBy, approved, runAfter }, severity) {
  if (status === "in-progress") return "running";
  if (status === "completed") return "done";
  if (status === "abandoned") return "dropped";
  if (severity <= APPROVAL_UP_TO && !approvedBy && !approved) return "waiting";
  return runAfter ? "queued" : "ready";
}

const staged = computed(() =>
  actions.value.map((action) => ({ action, stage: stageOf(action, isFinal(incident.value) ? MILDEST : incident.value.severity) })),
);
export const waiting = computed(() => staged.value.filter(({ stage }) => stage === "waiting").length);

export const fixesPanel = () => {
  const open = ORDER.flatMap((stage) => staged.value.filter((one) => one.stage === stage).sort(overdueFirst));
  const first = open.find(({ stage }) => stage === "waiting" || stage === "ready");
  const ended = staged.value.filter(({ stage }) => !ORDER.includes(stage)).reverse();
  const shown = all.value ? ended : ended.slice(0, DONE_SHOWN);
  return html`
    <header class="panel-h"><h2 id="h-board">Fixes</h2><span class="n">${summary()}</span>
      ${isFinal(incident.value) ? nothing : html`<button class="text-btn" type="button" @click=${() => propose()}>Propose</button>`}</header>
    ${open.length ? html`<ul class="cards">${open.map((one) => card(one, one === first))}</ul>` : nothing}
    ${shown.map(done)}
    ${ended.length > shown.length
      ? html`<button class="text-btn" type="button" @click=${() => (all.value = true)}>${ended.length - shown.length} more</button>`
      : nothing}
    ${staged.value.length ? nothing : html`<p class="quiet-line">Nothing proposed yet</p>`}`;
};

/** Approves the fix that has the focus, or the first that waits for this person; whether there was one. */
export function approveFocused() {
  const own = [...document.querySelectorAll("#board [data-approves]")];
  const card = document.activeElement?.closest("#board .fix");
  const button = card ? own.find((one) => card.contains(one)) : own.length === 1 ? own[0] : undefined;
  button?.focus();
  if (card) button?.click();
  return Boolean(button);
}

function summary() {
  const count = (stage) => staged.value.filter((one) => one.stage === stage).length;
  const words = ["waiting", "ready", "queued", "running", "done"].map((stage) => [count(stage), stage]);
  return words.filter(([number]) => number).map((pair) => pair.join(" ")).join(", ");
}

const overdueFirst = (one, other) => Boolean(other.action.overdue) - Boolean(one.action.overdue);

/** `isFirst`: what is to be pressed next is on it. What waits for its turn is one line until it is opened. */
const card = ({ action, stage }, isFirst) => {
  const inTheWay = obstacle(action, stage);
  return html`<li class="fix" id=${action.id} data-state=${stage} ?data-overdue=${action.overdue && stage === "running"}>
    ${stage === "queued" && !inTheWay ? folded(action) : whole(action, stage, inTheWay, isFirst)}
  </li>`;
};

const folded = (action) => html`<details class="fix-q1">
  <summary><span class="mono">${action.id}</span><span class="fix-l"><bdi>${visibly(action.description)}</bdi></span><span class="fix-by">after ${action.runAfter.replace("/", " ")}</span>${icon("chevron-down")}</summary>
  ${whole(action, "queued", null, false)}
</details>`;

const whole = (action, stage, inTheWay, isFirst) => html`
    <p class="fix-h"><span class="mono">${action.id}</span><span class="fix-s">${STAGES[stage](action)}</span>
      <span class="fix-by">${[whose(action), action.risk && `${action.risk} risk`].filter(Boolean).join(", ")}</span></p>
    <p class="fix-t"><bdi>${visibly(action.description)}</bdi></p>
    ${where(action)} ${stage === "running" ? progress(action) : nothing} ${queued(action, stage)} ${inTheWay ? refused(inTheWay) : nothing}
    ${isFinal(incident.value) ? nothing : html`<div class="fix-f">${buttonsOf(action, stage, inTheWay, isFirst ? "primary" : "")}${more(action, stage)}</div>`}`;

/** Who does it; until somebody does, who thought of it. */
const whose = ({ owner, createdBy }) => (owner === me.value.handle ? "yours" : nameOf(owner ?? createdBy));

const STAGES = {
  waiting: (action) => (approverOf(action) ? `Needs approval by ${nameOrYou(approverOf(action))}` : "Needs a commander to approve"),
  ready: ({ approvedBy }) => (approvedBy ? `Approved by ${nameOrYou(approvedBy)}` : "Proposed"),
  queued: ({ approvedBy }) => (approvedBy ? `Queued, approved by ${nameOrYou(approvedBy)}` : "Queued"),
  running: ({ startedAt, estimate }) => html`Running ${ticking(() => runs(startedAt, estimate))}`,
};

/** "4 min", "4 min of 10 min", "14 min, 4 min over". */
function runs(startedAt, estimate) {
  const [sofar, planned] = [clockNow.value - Date.parse(startedAt), lengthOf(estimate)];
  if (!planned) return span(sofar);
  return sofar > planned ? `${span(sofar)}, ${span(sofar - planned)} over` : `${span(sofar)} of ${span(planned)}`;
}

const progress = ({ id, startedAt, estimate }) => (estimate
  ? html`<p class="fix-p"><progress max="100" aria-label="${id}: time of its estimate" .value=${ticking(() =>
    Math.min(100, Math.round(((clockNow.value - Date.parse(startedAt)) / lengthOf(estimate)) * 100)))}></progress></p>`
  : nothing);

/** What a fix waits for. */
const queued = ({ runAfter }, stage) => runAfter && ["queued", "waiting"].includes(stage)
  ? html`<p class="fix-q">${icon("clock")}<span>${stage === "waiting" ? "Once approved it starts" : "Starts"} by itself after <b>${runAfter.replace("/", " ")}</b></span></p>`
  : nothing;

function where({ target, region, impact, estimate, startedAt }) {
  const place = target || region ? html`<bdi>${visibly([target, region && `in ${region}`].filter(Boolean).join(" "))}</bdi>` : null;
  const words = [place, estimate && !startedAt && `takes ${span(lengthOf(estimate)).replace(" h 0 m", " h")}`, impact && html`may cause: <bdi>${visibly(impact)}</bdi>`].filter(Boolean);
  return words.length ? html`<p class="fix-on">${words.map((one, at) => (at ? html` · ${one}` : one))}</p>` : nothing;
}

const done = ({ action, stage }) => html`<p class="fix-done" data-state=${stage} id=${action.id}>
  ${icon(stage === "done" ? "check" : "x")}<span><span class="mono">${action.id}</span> <bdi>${visibly(action.description)}</bdi>${stage === "done" ? "" : ", abandoned"}${action.reason ? html`: <bdi>${visibly(action.reason)}</bdi>` : nothing}</span>
  ${action.completedAt ? html`<time datetime=${action.completedAt} title=${bothZones(action.completedAt)}>${minuteOfDay(action.completedAt)}</time>` : nothing}
</p>`;
