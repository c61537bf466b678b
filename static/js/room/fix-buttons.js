// What can be pressed on the card of a fix: the safe way first, the rarer ones behind More.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { incident, me } from "../state.js";
import { answer, ask } from "./fix-answers.js";
import { approverOf, mayWithdraw, whyNot } from "./fix-approvers.js";
import { abandon, describe, finish, reassign, startAnyway } from "./sheets.js";

/** `sort` is "primary" on the card that comes first. */
export function buttonsOf(action, stage, obstacle, sort) {
  if (obstacle?.conflicts) return besideConflict(action, stage, obstacle, sort);
  return BUTTONS[stage](action, sort);
}

const BUTTONS = {
  waiting: (action, sort) => html`${approval(action, sort)}${claim(action)}`,
  ready: (action, sort) => html`${button("Start", action, { status: "in-progress" }, sort)}${claim(action)}`,
  queued: (action) => html`${button("Do not wait", action, { runAfter: "" })}${claim(action)}`,
  running: (action) => button("Done", action, { status: "completed" }),
};

/** "Run after ACT-4" is what is safe, so it comes first; what is not, stays possible for who may. */
function besideConflict(action, stage, { runAfter, told }, sort) {
  const first = runAfter.replace("/", " ");
  const approves = stage === "waiting" && approverOf(action) === me.value.handle;
  return html`
    ${approves
      ? html`${button(`Approve, run after ${first}`, action, { approved: true, runAfter }, sort)}${button("Approve", action, { approved: true })}`
      : html`${button(`Run after ${first}`, action, { runAfter }, told ? "primary" : sort)}${stage === "waiting" ? approval(action, "") : nothing}`}
    ${stage === "ready" && incident.value.commander === me.value.handle
      ? html`<button class="btn sm" type="button" @click=${() => startAnyway(action)}>Start now anyway<span class="vh"> ${action.id}</span></button>`
      : nothing}
    ${told ? html`<button class="btn sm quiet" type="button" @click=${() => answer(action.id, null)}>Not now<span class="vh"> ${action.id}</span></button>` : nothing}`;
}

const button = (words, { id }, change, sort = "") =>
  html`<button class="btn sm ${sort}" type="button" ?data-approves=${change.approved === true} @click=${() => ask(id, change)}>${words}<span class="vh"> ${id}</span></button>`;

const approval = (action, sort) =>
  approverOf(action) === me.value.handle ? button("Approve", action, { approved: true }, sort) : notYours(action);

/** The button can be reached, to hear why it does nothing; what the card says already is not shown twice. */
function notYours(action) {
  const { own, why } = whyNot(action);
  return html`<button class="btn sm" type="button" aria-disabled="true" aria-describedby="why-${action.id}" title=${why}>Approve<span class="vh"> ${action.id}</span></button>
    <p class="fix-why ${own ? "" : "vh"}" id="why-${action.id}">${why}</p>`;
}

const claim = (action) => (action.owner ? nothing : button("I'll do it", action, { owner: "me" }));

/** Everything else that can be done with it, in a menu beside its button. */
export function more(action, stage) {
  const menu = `more-${action.id}`;
  const close = (does) => (event) => {
    event.currentTarget.closest("[popover]").hidePopover();
    does();
  };
  return html`<button class="btn sm quiet more" type="button" popovertarget=${menu}>More<span class="vh"> about ${action.id}</span></button>
    <ul class="menu" id=${menu} popover aria-label="More about ${action.id}">
      ${entriesOf(action, stage).map(([words, does]) => html`<li><button type="button" @click=${close(does)}>${words}<span class="vh"> ${action.id}</span></button></li>`)}
    </ul>`;
}

function entriesOf(action, stage) {
  const own = action.owner === me.value.handle;
  return [
    stage === "running" && ["Done, with a word on it", () => finish(action)],
    !own && action.owner && ["I'll do it", () => ask(action.id, { owner: "me" })],
    ["Hand to somebody else", () => reassign(action)],
    ["Edit", () => describe(action)],
    action.approved && action.status === "proposed" && mayWithdraw(action) && ["Withdraw the approval", () => ask(action.id, { approved: false })],
    ["Abandon", () => abandon(action)],
  ].filter(Boolean);
}
