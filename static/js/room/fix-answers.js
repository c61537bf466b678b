// What stands in the way of a fix: what the server answered, and what it would answer.

import { html } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { actions } from "../state.js";
import { inTheWay, inWords, isHere, nameOfHold } from "./fix-conflicts.js";
import { icon } from "./icon.js";
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

export function answer(id, why) {
  const next = new Map(refusals.value);
  if (why) next.set(id, why);
  else next.delete(id);
  refusals.value = next;
}

/** `{sentence}` or `{conflicts, runAfter, told}`, as long as it holds; `told`: the server said so. */
export function obstacle(action, stage) {
  const why = refusals.value.get(action.id);
  if (why && why.code !== "target-busy") return { sentence: saying(why), told: true };
  if (action.status !== "proposed" || action.runAfter) return null;
  const elsewhere = (why?.conflicts ?? []).filter((hold) => !isHere(hold));
  const conflicts = [...inTheWay(action), ...elsewhere, ...stillHere(why, action)];
  if (!conflicts.length || !["waiting", "ready"].includes(stage)) return null;
  const runAfter = why?.runAfter && conflicts.some((hold) => nameOfHold(hold) === why.runAfter) ? why.runAfter : nameOfHold(conflicts[0]);
  return { conflicts, runAfter, told: Boolean(why) };
}

/** Holds of this incident that the server named and that this page would not have thought of. */
function stillHere(why, action) {
  const known = new Set(inTheWay(action).map((hold) => hold.action));
  const running = new Set(actions.value.filter(({ status }) => status === "in-progress").map(({ id }) => id));
  return (why?.conflicts ?? []).filter((hold) => isHere(hold) && running.has(hold.action) && !known.has(hold.action));
}

/** Said aloud only where it answers a press: what anybody can see coming is not an alarm. */
export const refused = ({ sentence, conflicts, told }) => html`<div class="warn" role=${told ? "alert" : "note"}>${icon("triangle-alert")}
  <span>${sentence ?? conflicts.map((hold) => html`<span class="conflict">${inWords(hold)}</span>`)}</span></div>`;
