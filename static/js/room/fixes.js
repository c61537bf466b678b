// The fixes: what is proposed, what runs, what was done. Whether something may start is for the
// server to say; what it refuses stands on the card (see fix-answers.js).

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { actions, incident, me } from "../state.js";
import { bothZones, clockNow, lengthOf, minuteOfDay, span } from "../time.js";
import { ask, besideConflict, refused, standing } from "./fix-answers.js";
import { abandon, propose } from "./fix-sheets.js";
import { icon } from "./icon.js";
import { nameOf, nameOrYou } from "./names.js";
import { ticking } from "./panel.js";
import { isFinal } from "./words.js";

const APPROVAL_UP_TO = 2; // the mildest severity on which a start needs approval
const MILDEST = 5; // nothing waits for approval any more once an incident is over for good
const DONE_SHOWN = 3;
const ORDER = ["waiting", "ready", "queued", "running"];

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

const leaders = computed(() => [incident.value.commander, incident.value.opsLead].filter(Boolean));

/** Who may approve it: the first of those who lead, passing over whoever proposed it where another can. */
const approverOf = ({ createdBy }) => leaders.value.find((one) => one !== createdBy) ?? leaders.value[0];

export const fixesPanel = () => {
  const open = ORDER.flatMap((stage) => staged.value.filter((one) => one.stage === stage));
  const ended = staged.value.filter(({ stage }) => !ORDER.includes(stage)).reverse();
  const shown = all.value ? ended : ended.slice(0, DONE_SHOWN);
  return html`
    <header class="panel-h"><h2 id="h-board">Fixes</h2><span class="n">${summary()}</span>
      ${isFinal(incident.value) ? nothing : html`<button class="text-btn" type="button" @click=${propose}>Propose</button>`}</header>
    ${open.length ? html`<ul class="cards">${open.map(card)}</ul>` : nothing}
    ${shown.map(done)}
    ${ended.length > shown.length
      ? html`<button class="text-btn" type="button" @click=${() => (all.value = true)}>${ended.length - shown.length} more</button>`
      : nothing}
    ${staged.value.length ? nothing : html`<p class="quiet-line">Nothing proposed yet</p>`}`;
};

function summary() {
  const count = (stage) => staged.value.filter((one) => one.stage === stage).length;
  const words = ["waiting", "ready", "queued", "running", "done"].map((stage) => [count(stage), stage]);
  return words.filter(([number]) => number).map((pair) => pair.join(" ")).join(", ");
}

const card = ({ action, stage }, place) => {
  const refusal = standing(action);
  return html`<li class="fix" id=${action.id} data-state=${stage} ?data-overdue=${action.overdue && stage === "running"}>
    <p class="fix-h"><span class="mono">${action.id}</span><span class="fix-s">${STAGES[stage](action)}</span>
      <span class="fix-by">${[nameOf(action.owner ?? action.createdBy), action.risk && `${action.risk} risk`].filter(Boolean).join(", ")}</span></p>
    <p class="fix-t">${action.description}</p>
    ${where(action)} ${queued(action, stage)} ${refusal ? refused(refusal) : nothing}
    <div class="fix-f">${isFinal(incident.value) ? nothing : refusal?.conflicts ? besideConflict(action, refusal) : BUTTONS[stage](action, place === 0 ? "primary" : "")}</div>
  </li>`;
};

const STAGES = {
  waiting: (action) => (approverOf(action) ? `Needs approval by ${nameOrYou(approverOf(action))}` : "Needs a commander to approve"),
  ready: ({ approvedBy }) => (approvedBy ? `Approved by ${nameOrYou(approvedBy)}` : "Proposed"),
  queued: ({ approvedBy }) => (approvedBy ? `Queued, approved by ${nameOrYou(approvedBy)}` : "Queued"),
  running: ({ startedAt, overdue, estimate }) => html`Running ${ticking(() => span(clockNow.value - Date.parse(startedAt)))}${overdue && estimate ? `, estimated ${span(lengthOf(estimate))}` : ""}`,
};

/** What a fix waits for. */
const queued = ({ runAfter }, stage) => runAfter && ["queued", "waiting"].includes(stage)
  ? html`<p class="fix-q">${icon("clock")}<span>${stage === "waiting" ? "Once approved it starts" : "Starts"} by itself after <b>${runAfter.replace("/", " ")}</b></span></p>`
  : nothing;

function where({ target, region, impact }) {
  const place = [target, region && `in ${region}`].filter(Boolean).join(" ");
  const words = [place, impact && `may cause: ${impact}`].filter(Boolean).join(" · ");
  return words ? html`<p class="fix-on">${words}</p>` : nothing;
}

const BUTTONS = {
  waiting: (action, first) => html`
    ${approverOf(action) === me.value.handle ? button("Approve", action, { approved: true }, first) : notYours(action)}${drop(action)}`,
  ready: (action, first) => html`${button("Start", action, { status: "in-progress" }, first)}${drop(action)}`,
  queued: (action) => html`${button("Do not wait", action, { runAfter: "" })}${drop(action)}`,
  running: (action) => html`${button("Done", action, { status: "completed" })}${drop(action)}`,
};

const button = (words, { id }, change, sort = "") =>
  html`<button class="btn sm ${sort}" type="button" @click=${() => ask(id, change)}>${words}<span class="vh"> ${id}</span></button>`;

/** The button can be reached, to hear why it does nothing; what the card says already is not shown twice. */
function notYours(action) {
  const { own, why } = whyNot(action);
  return html`<button class="btn sm" type="button" aria-disabled="true" aria-describedby="why-${action.id}" title=${why}>Approve<span class="vh"> ${action.id}</span></button>
    <p class="fix-why ${own ? "" : "vh"}" id="why-${action.id}">${why}</p>`;
}

function whyNot(action) {
  const approver = approverOf(action);
  if (!approver) return { own: false, why: "Nobody leads yet: take incident command first." };
  const own = action.createdBy === me.value.handle && leaders.value.includes(me.value.handle);
  return { own, why: own ? `You proposed it yourself: ${nameOf(approver)} decides.` : `Only ${nameOf(approver)} can approve this.` };
}

const drop = (action) =>
  html`<button class="btn sm quiet" type="button" @click=${() => abandon(action)}>Abandon<span class="vh"> ${action.id}</span></button>`;

const done = ({ action, stage }) => html`<p class="fix-done" data-state=${stage} id=${action.id}>
  ${icon(stage === "done" ? "check" : "x")}<span><span class="mono">${action.id}</span> ${action.description}${stage === "done" ? "" : ", abandoned"}</span>
  ${action.completedAt ? html`<time datetime=${action.completedAt} title=${bothZones(action.completedAt)}>${minuteOfDay(action.completedAt)}</time>` : nothing}
</p>`;
