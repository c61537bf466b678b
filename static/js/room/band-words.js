// The words of the band that are changed where they stand: the title, and the summary in a sentence.
// Enter saves, Esc leaves them as they were; what the server refuses is said below.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { incident, mayAct } from "../state.js";
import { visibly } from "../unseen.js";
import { icon } from "./icon.js";
import { saying } from "./words.js";

const editing = signal(null); // {field, was, refusal} while the title or the summary is being edited
const FIELDS = { title: ".band-edit input", description: ".band-edit textarea" };

export const editTitle = () => edit("title");
export const editSummary = () => edit("description");

const edits = (field) => editing.value?.field === field;
const stop = () => (editing.value = null);

export const title = () => edits("title") ? html`<h1 class="vh">${visibly(incident.value.title)}</h1>${form("title", html`
    <input class="input" name="title" aria-label="Title" .value=${editing.value.was} maxlength="200" required autocomplete="off">`)}`
  : html`<h1><bdi class="band-title" title=${visibly(incident.value.title)}>${visibly(incident.value.title)}</bdi>
  ${mayAct.value ? html`<button class="icon-btn sm" type="button" aria-label="Edit the title" title="Edit the title" @click=${editTitle}>${icon("pencil")}</button>` : nothing}</h1>`;

/** The sentence in its line, in the flow of the state; the field of it stands below that. */
export const summary = () => edits("description") ? nothing
  : html`<button class="band-sum" type="button" title="Edit the summary" ?data-empty=${!incident.value.description} aria-disabled=${!mayAct.value} @click=${editSummary}>
    <span class="vh">Summary: </span><bdi>${visibly(incident.value.description) || "Add a summary"}</bdi></button>`;

export const summaryField = () => edits("description") ? form("description", html`
    <textarea class="input" name="description" rows="1" aria-label="Summary: what is going on, in a sentence or two" .value=${editing.value.was}
      maxlength="10000" placeholder="What is going on, in a sentence or two" autocomplete="off" @keydown=${enterSaves}></textarea>`)
  : nothing;

const form = (field, input) => html`<form class="band-edit" data-field=${field} @submit=${save} @keydown=${escLeaves}>
    ${input}
    <button class="btn sm primary" type="submit">Save</button>
    <button class="btn sm quiet" type="button" @click=${leave}>Cancel</button>
  </form>
  ${editing.value.refusal ? html`<p class="warn" role="alert">${saying(editing.value.refusal)}</p>` : nothing}`;

function edit(field) {
  if (!mayAct.value) return;
  editing.value = { field, was: incident.value[field], refusal: null };
  queueMicrotask(() => document.querySelector(FIELDS[field])?.select());
}

function enterSaves(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

function escLeaves(event) {
  if (event.key !== "Escape") return;
  event.preventDefault();
  leave();
}

/** Back to what opened the field. */
function leave() {
  const opener = { title: ".band h1 .icon-btn", description: ".band-sum" }[editing.value.field];
  stop();
  queueMicrotask(() => document.querySelector(opener)?.focus());
}

async function save(event) {
  event.preventDefault();
  const { field, was } = editing.value;
  const written = new FormData(event.target).get(field).trim();
  try {
    if (written !== was) await submit({ type: "update_incident", [field]: written });
    if (edits(field)) leave();
  } catch (refusal) {
    if (edits(field)) editing.value = { field, was, refusal };
  }
}
