// What the composer answers to a question: over the field, for whoever asked, until they close it.
// Nothing is sent and nothing is written into the log.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { actions, incident, roles } from "../state.js";
import { bothZones, clockNow, minuteOfDay, span } from "../time.js";
import { visibly } from "../unseen.js";
import { fetched } from "./fetching.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { VERBS } from "./parse.js";
import { AUDIENCES, roleNames, roleWord, saying, stateWord } from "./words.js";

const asked = signal(null); // {question, role, region, told}

export function ask(question) {
  asked.value = question;
  if (question.question === "oncall") askWhoIsOnCall(question);
}

export function forget() {
  asked.value = null;
}

export const answered = () => asked.value
  ? html`<section class="answer" aria-label="Answer, only you see it" role="status">
      <button class="icon-btn" type="button" aria-label="Close the answer" @click=${forget}>${icon("x")}</button>
      ${ANSWERS[asked.value.question](asked.value)}</section>`
  : nothing;

function status() {
  const { severity, commander, communications = {}, declaredTime, id } = incident.value;
  const running = actions.value.filter((one) => one.status === "in-progress");
  const due = Object.entries(communications).filter(([, { dueAt }]) => dueAt).sort(([, a], [, b]) => a.dueAt.localeCompare(b.dueAt))[0];
  return list(`Where ${id} stands`, [
    ["State", `SEV${severity}, ${stateWord(incident.value).toLowerCase()}, declared ${span(clockNow.value - Date.parse(declaredTime))} ago`],
    ["Leads", commander ? nameOf(commander) : "nobody"],
    ...running.map((one) => [one.id, `${visibly(one.description)}, by ${nameOf(one.owner ?? one.createdBy)}`]),
    ...(running.length ? [] : [["Fixes", "none is running"]]),
    ...(due ? [["Next update", html`${AUDIENCES[due[0]].toLowerCase()} by <time title=${bothZones(due[1].dueAt)}>${minuteOfDay(due[1].dueAt)}</time>`]] : []),
  ]);
}

const help = () => html`<h3>Commands</h3><dl class="verbs">${VERBS.map(([verb, what, means]) => html`<div>
  <dt class="mono"><b>${verb}</b> ${what}</dt><dd>${means}</dd></div>`)}</dl>
  <p class="hint">To post a line that begins with /, begin it with a space.</p>`;

const postmortem = () => html`<p><a href="/api/incidents/${incident.value.id}/postmortem.md" target="_blank">Open the draft of the post-mortem</a>, made from the log as it is now.</p>`;

function oncall({ told }) {
  if (!told) return html`<p>Asking who is on call.</p>`;
  if (told.problem) return html`<p>${saying(told.problem)}</p>`;
  if (!told.length) return html`<p>Nobody is on call for that. <a href="/oncall">See who is on call</a></p>`;
  return list("On call now", told.map(({ role, rotation, region, people, reason }) => [
    [role ? roleWord(role) : rotation, region].filter(Boolean).join(", "),
    people.length ? people.map((one, at) => html`${at ? ", " : nothing}${duty(one)}`) : reason,
  ]));
}

const duty = ({ person, until }) =>
  html`${nameOf(person)}${until ? html` until <time title=${bothZones(until)}>${minuteOfDay(until)}</time>` : nothing}`;

const list = (title, rows) => html`<h3>${title}</h3><dl>${rows.map(([term, said]) => html`<div><dt>${term}</dt><dd><bdi>${said}</bdi></dd></div>`)}</dl>`;

const ANSWERS = { status, help, oncall, postmortem };

/** Roles as they would be paged; with a region, the rotations of that region. */
async function askWhoIsOnCall(question) {
  const narrowed = new URLSearchParams(["role", "region"].filter((name) => question[name]).map((name) => [name, question[name]]));
  const told = await fetched(`/api/oncall?${narrowed}`).then((answer) => answer.json()).then(rowsOf, (problem) => ({ problem }));
  if (asked.value === question) asked.value = { ...question, told };
}

/** Each role, then the rotations that say more than those do. */
function rowsOf({ roles: byRole, rotations }) {
  const shown = byRole.filter(({ role, people }) => people.length || role in roles.value);
  const same = (one, other) => one.role === other.role && one.people.every(({ person }) => other.people.some((who) => who.person === person));
  return [...shown, ...rotations.filter((one) => !one.role || !shown.some((other) => same(one, other)))];
}
