// The fixes: what is proposed, what runs, what was done. Whether something may start is for the
// server to say; what it refuses stands on the card, with the safe choice first.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { actions, incident, me, submit } from "../state.js";
import { bothZones, minuteOfDay, now, span } from "../time.js";
import { abandon, propose, startAnyway } from "./fix-sheets.js";
import { icon } from "./icon.js";
import { nameOf, nameOrYou } from "./names.js";
import { ticking } from "./panel.js";
import { isFinal, saying } from "./words.js";

const APPROVAL_UP_TO = 2; // the mildest severity on which a start needs approval
const MILDEST = 5; // nothing waits for approval any more once an incident is over for good
const DONE_SHOWN = 3;
const ORDER = ["waiting", "ready", "running"];

const refusals = signal(new Map()); // action id -> what the server answered
const all = signal(false);

/** waiting, ready, running, done or dropped: what its card is about. */
export function stageOf({ status, approvedBy, approved }, severity) {
  if (status === "in-progress") return "running";
  if (status === "completed") return "done";
  if (status === "abandoned") return "dropped";
  return severity <= APPROVAL_UP_TO && !approvedBy && !approved ? "waiting" : "ready";
}

const staged = computed(() =>
  actions.value.map((action) => ({ action, stage: stageOf(action, isFinal(incident.value) ? MILDEST : incident.value.severity) })),
);
export const waiting = computed(() => staged.value.filter(({ stage }) => stage === "waiting").length);

const approver = computed(() => incident.value.commander ?? incident.value.opsLead);

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
  const words = ["waiting", "ready", "running", "done"].map((stage) => [count(stage), stage]);
  return words.filter(([number]) => number).map((pair) => pair.join(" ")).join(", ");
}

const card = ({ action, stage }, place) => {
  const refusal = standing(action);
  return html`<li class="fix" id=${action.id} data-state=${stage}>
    <p class="fix-h"><span class="mono">${action.id}</span><span class="fix-s">${STAGES[stage](action)}</span>
      <span class="fix-by">${[nameOf(action.owner ?? action.createdBy), action.risk && `${action.risk} risk`].filter(Boolean).join(", ")}</span></p>
    <p class="fix-t">${action.description}</p>
    ${where(action)} ${refusal ? refused(refusal) : nothing}
    <div class="fix-f">${isFinal(incident.value) ? nothing : refusal?.conflicts ? besideConflict(action) : BUTTONS[stage](action, place === 0 ? "primary" : "")}</div>
  </li>`;
};

const STAGES = {
  waiting: () => (approver.value ? `Needs approval by ${nameOrYou(approver.value)}` : "Needs a commander to approve"),
  ready: ({ approvedBy }) => (approvedBy ? `Approved by ${nameOrYou(approvedBy)}` : "Proposed"),
  running: ({ startedAt }) => html`Running ${ticking(() => span(now.value - Date.parse(startedAt)))}`,
};

function where({ target, region, impact }) {
  const place = [target, region && `in ${region}`].filter(Boolean).join(" ");
  const words = [place, impact && `may cause: ${impact}`].filter(Boolean).join(" · ");
  return words ? html`<p class="fix-on">${words}</p>` : nothing;
}

const BUTTONS = {
  waiting: (action, first) => html`
    ${button("Approve", action, { approved: true }, approver.value === me.value.handle ? first : "")}${drop(action)}`,
  ready: (action, first) => html`${button("Start", action, { status: "in-progress" }, first)}${drop(action)}`,
  running: (action) => html`${button("Done", action, { status: "completed" })}${drop(action)}`,
};

const button = (words, { id }, change, sort = "") =>
  html`<button class="btn sm ${sort}" type="button" @click=${() => ask(id, change)}>${words}<span class="vh"> ${id}</span></button>`;

const drop = (action) =>
  html`<button class="btn sm quiet" type="button" @click=${() => abandon(action)}>Abandon<span class="vh"> ${action.id}</span></button>`;

async function ask(id, change) {
  answer(id, null);
  try {
    await submit({ type: "update_action", action: id, ...change });
  } catch (why) {
    answer(id, why);
  }
}

function answer(id, why) {
  const next = new Map(refusals.value);
  if (why) next.set(id, why);
  else next.delete(id);
  refusals.value = next;
}

/** The refusal of an action, as long as what stood in its way still does. */
function standing({ id, status }) {
  const why = refusals.value.get(id);
  if (why?.code === "target-busy" && status !== "proposed") return null;
  if (why?.code !== "target-busy") return why && { sentence: saying(why) };
  const running = new Set(actions.value.filter(({ status }) => status === "in-progress").map((one) => one.id));
  const here = ({ incident: other }) => !other || other === incident.value.id;
  const conflicts = (why.conflicts ?? []).filter((hold) => !here(hold) || running.has(hold.action));
  return conflicts.length ? { conflicts } : null;
}

const refused = ({ sentence, conflicts }) => html`<div class="warn" role="alert">${icon("triangle-alert")}
  <span>${sentence ?? conflicts.map(conflict)}</span></div>`;

const conflict = ({ incident: other, action, holder, since, target, region }) => html`<span class="conflict">
  <b>${target}</b> ${region && region !== "*" ? `in ${region}` : "in every region"} is held by <b>${nameOf(holder)}</b>
  since <time title=${bothZones(since)}>${minuteOfDay(since)}</time>, for ${[other !== incident.value.id && other, action].filter(Boolean).join(" ")}.</span>`;

const besideConflict = (action) => html`
  <button class="btn sm primary" type="button" @click=${() => answer(action.id, null)}>Not now</button>
  ${incident.value.commander === me.value.handle
    ? html`<button class="btn sm" type="button" @click=${() => startAnyway(action)}>Start anyway</button>`
    : html`<span class="hint">Only the incident commander can start it anyway.</span>`}`;

const done = ({ action, stage }) => html`<p class="fix-done" data-state=${stage} id=${action.id}>
  ${icon(stage === "done" ? "check" : "x")}<span><span class="mono">${action.id}</span> ${action.description}${stage === "done" ? "" : ", abandoned"}</span>
  ${action.completedAt ? html`<time datetime=${action.completedAt} title=${bothZones(action.completedAt)}>${minuteOfDay(action.completedAt)}</time>` : nothing}
</p>`;
