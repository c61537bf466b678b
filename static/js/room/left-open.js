// What is left when an incident is to end: fixes that are open, updates that were promised, and who
// never heard of it. It is said where the state is chosen, and forbids nothing.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { actions, incident } from "../state.js";
import { bothZones, minuteOfDay } from "../time.js";
import { visibly } from "../unseen.js";
import { stageOf } from "./fixes.js";
import { AUDIENCES } from "./words.js";

const ENDS = ["mitigated", "resolved", "cancelled"];
const TOLD_UP_TO = 2; // the mildest severity of which everybody is told
const NAMED = 3;
const LENGTH = 60; // characters of a fix

/** Its place is there before anything is chosen, so that it is read aloud. */
export const leftOpen = (chosen) => html`<div role="status">${ENDS.includes(chosen) ? [fixes(), updates()] : nothing}</div>`;

function fixes() {
  const open = actions.value.filter((one) => !["done", "dropped"].includes(stageOf(one, incident.value.severity)));
  if (!open.length) return nothing;
  const more = open.length > NAMED ? `, and ${open.length - NAMED} more` : "";
  return html`<p class="hint">Fixes still open: ${open.slice(0, NAMED).map((one, place) => html`${place ? ", " : ""}${fix(one)}`)}${more}.</p>`;
}

const fix = ({ id, description }) => {
  const letters = [...visibly(description)];
  return html`<span class="mono">${id}</span> <bdi>${letters.length > LENGTH ? `${letters.slice(0, LENGTH).join("")}…` : letters.join("")}</bdi>`;
};

function updates() {
  const told = incident.value.communications ?? {};
  const promised = Object.keys(AUDIENCES).filter((audience) => told[audience]?.dueAt)
    .sort((one, other) => told[one].dueAt.localeCompare(told[other].dueAt));
  const never = incident.value.severity > TOLD_UP_TO ? [] : Object.keys(AUDIENCES).filter((audience) => !told[audience]?.lastSentAt);
  if (!promised.length && !never.length) return nothing;
  return html`<p class="hint">${promised.map((audience, place) => html`${place ? ", " : ""}${subject(audience, place)} ${time(told[audience].dueAt)}`)}${promised.length ? ". " : ""}
    ${never.length ? `Never told of it: ${never.map(inLetters).join(", ")}.` : nothing}</p>`;
}

const inLetters = (audience) => AUDIENCES[audience].toLowerCase();

/** "Customers were promised an update at" of the first, "leadership at" of the others. */
const subject = (audience, place) =>
  place ? `${inLetters(audience)} at` : `${AUDIENCES[audience]} ${audience === "customers" ? "were" : "was"} promised an update at`;

const time = (at) => html`<time title=${bothZones(at)}>${minuteOfDay(at)}</time>`;
