// What next, in one line, read off the state: what runs, what waits and for whom, what is missing.
// For narrow screens, on which the panels that say it are a tab away, and for the wall.

import { html } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { actions, incident, landmarks } from "../state.js";
import { bothZones, clockNow, minuteOfDay, span } from "../time.js";
import { visibly } from "../unseen.js";
import { approverOf } from "./fix-approvers.js";
import { stageOf } from "./fixes.js";
import { nameOf, nameOrYou } from "./names.js";
import { ticking } from "./panel.js";
import { tab } from "./place.js";
import { AUDIENCES, isFinal, isOver, isWanted } from "./words.js";

const at = (stage) => actions.value.filter((one) => stageOf(one, incident.value.severity) === stage);

/** The fixes that run, the one that was started first at the front. */
export const running = computed(() => at("running").sort((a, b) => a.startedAt.localeCompare(b.startedAt)));

/** The first update that is due: {audience, at}; null when none is promised. */
export const nextUpdate = computed(() => {
  const channels = Object.entries(incident.value.communications ?? {});
  const due = channels.filter(([, { dueAt }]) => dueAt).map(([audience, { dueAt }]) => ({ audience, at: dueAt }));
  return due.sort((a, b) => a.at.localeCompare(b.at))[0] ?? null;
});

/** When it was over, or null while it is not: a cancelled one says so in its log alone. */
export const overSince = computed(() => {
  const { resolutionTime, closedTime, status, updatedTime } = incident.value;
  if (status !== "cancelled") return resolutionTime ?? closedTime ?? null;
  return landmarks.value.findLast(({ kind }) => kind === "cancelled")?.timestamp ?? updatedTime;
});

/** {panel, words}: where it is told in full, and what it is; `called` names a person. */
function nextBy(called) {
  if (isOver(incident.value)) return over();
  if (running.value.length) return runs(running.value);
  const { commander, severity } = incident.value;
  const [[waits], [ready]] = [at("waiting"), at("ready")];
  if (!commander && isWanted("incident_commander", severity))
    return { panel: "people", level: "soon", words: html`somebody takes incident command${waits ? html`, then approves ${fix(waits)}` : ""}` };
  if (waits) return { panel: "fixes", level: "soon", words: html`${approval(waits, called)} ${fix(waits)}` };
  if (ready) return { panel: "fixes", words: html`${ready.owner ? called(ready.owner) : "somebody"} starts ${fix(ready)}` };
  return unanswered() ?? promised() ?? { panel: "fixes", words: html`nothing is under way: propose a fix` };
}

const next = computed(() => nextBy(nameOrYou));

export const nextLine = () => html`<button class="band-next" type="button" data-level=${next.value.level ?? "calm"} @click=${() => (tab.value = next.value.panel)}>
  <b>Next:</b> <span>${next.value.words}</span></button>`;

/** The same without a button, for the wall: many look at it, so that nobody is "you". */
export const nextWords = () => nextBy(nameOf).words;

const fix = ({ id, description }) => html`<span class="mono">${id}</span> <bdi>${visibly(description)}</bdi>`;

const runs = ([first, ...others]) => ({
  panel: "fixes",
  words: html`${fix(first)}, running ${ticking(() => span(clockNow.value - Date.parse(first.startedAt)))}${others.length ? `, and ${others.length} more` : ""}`,
});

function approval(action, called) {
  const approver = approverOf(action);
  if (!approver) return "a commander approves";
  return called(approver) === "you" ? "you approve" : `${nameOf(approver)} approves`;
}

/** The ladder rings, and nobody has answered. */
function unanswered() {
  const { acknowledgedBy, climbAt, paged = [], level } = incident.value.escalation ?? {};
  if (acknowledgedBy || !climbAt || !paged.length) return null;
  return { panel: "paging", level: "soon", words: html`${paged.map(nameOf).join(", ")} to answer the page, or level ${level + 1} is paged` };
}

function promised() {
  if (!nextUpdate.value) return null;
  const { audience, at: due } = nextUpdate.value;
  return { panel: "comms", words: html`update to ${(AUDIENCES[audience] ?? audience).toLowerCase()} at <time datetime=${due} title=${bothZones(due)}>${minuteOfDay(due)}</time>` };
}

function over() {
  const { postmortemDueAt, status } = incident.value;
  if (postmortemDueAt && !isFinal(incident.value))
    return { panel: "comms", words: html`the post-mortem, due <time datetime=${postmortemDueAt} title=${bothZones(postmortemDueAt)}>${ticking(() => inDays(postmortemDueAt))}</time>` };
  return { panel: "timeline", words: html`nothing, it is ${status}` };
}

function inDays(iso) {
  const left = Date.parse(iso) - clockNow.value;
  return left < 0 ? `${span(-left)} ago` : `in ${span(left)}`;
}
