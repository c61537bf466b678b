// What the server answered about a fix: said on its card, with the safe choice first.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { actions, incident, me } from "../state.js";
import { bothZones, minuteOfDay } from "../time.js";
import { startAnyway } from "./fix-sheets.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { saying } from "./words.js";

const refusals = signal(new Map()); // action id -> what the server answered

export async function ask(id, change) {
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
export function standing({ id, status, runAfter }) {
  const why = refusals.value.get(id);
  if (why?.code !== "target-busy") return why && { sentence: saying(why) };
  if (status !== "proposed") return null;
  const running = new Set(actions.value.filter((one) => one.status === "in-progress").map((one) => one.id));
  const conflicts = (why.conflicts ?? []).filter((hold) => !isHere(hold) || running.has(hold.action));
  if (!conflicts.length || nameOfHold(conflicts[0]) === runAfter) return null;
  return { conflicts, runAfter: why.runAfter ?? nameOfHold(conflicts[0]) };
}

const isHere = ({ incident: other }) => !other || other === incident.value.id;
const nameOfHold = (hold) => (isHere(hold) ? hold.action : `${hold.incident}/${hold.action}`);

export const refused = ({ sentence, conflicts }) => html`<div class="warn" role="alert">${icon("triangle-alert")}
  <span>${sentence ?? conflicts.map(conflict)}</span></div>`;

const conflict = ({ incident: other, action, holder, since, target, region }) => html`<span class="conflict">
  <b>${target}</b> ${region && region !== "*" ? `in ${region}` : "in every region"} is held by <b>${nameOf(holder)}</b>
  since <time title=${bothZones(since)}>${minuteOfDay(since)}</time>, for ${[other !== incident.value.id && other, action].filter(Boolean).join(" ")}.</span>`;

export const besideConflict = (action, { runAfter }) => html`
  <button class="btn sm primary" type="button" @click=${() => ask(action.id, { runAfter })}>Run after ${runAfter.replace("/", " ")}</button>
  ${incident.value.commander === me.value.handle
    ? html`<button class="btn sm" type="button" @click=${() => startAnyway(action)}>Start anyway</button>`
    : nothing}
  <button class="btn sm quiet" type="button" @click=${() => answer(action.id, null)}>Not now</button>`;
