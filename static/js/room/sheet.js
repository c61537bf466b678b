// Dialogs: a title, fields, one primary button; what the server refuses is said inside.
// A sheet closes when its command was accepted, or is kept for later because the server cannot be
// asked; the outbox tells what becomes of it then. Who closes it before that takes the command back.
// What was filled in stays for the next time it is opened, until it was sent or cancelled.

import { html, render } from "../../vendor/lit/lit-html.js";
import { effect, signal } from "../../vendor/signals/signals-core.js";
import { tracking } from "../sending.js";
import { mayAct } from "../state.js";
import { focusKept } from "./focus.js";
import { icon } from "./icon.js";
import { problem } from "./problem.js";
import { toast } from "./toasts.js";

const left = new Map(); // title -> {own, before}: what was filled in when that sheet was closed, and what was not

/**
 * `fields()` draws the body, `send(values)` gets the form's values by name and returns a promise;
 * `label` is the verb of the primary button (or a function that says it), `cancel` the other
 * one's. `others` are further ways out: [{words, danger, send(values)}]. `drafts` says that a
 * sheet keeps by itself what is written in it.
 */
export function openSheet(sheet) {
  if (!mayAct.value && !sheet.close) return toast({ level: "soon", words: "This is the past. Go back to live to change anything." });
  const dialog = document.createElement("dialog");
  dialog.className = `sheet ${sheet.size ?? ""}`;
  dialog.setAttribute("aria-labelledby", "sheet-title");
  const refusal = signal(null);
  const busy = signal(false);
  const state = { dialog, refusal, busy, over: sheet.drafts, withdraw: () => [] };
  const giveBack = focusKept();
  const stop = effect(() => {
    render(frame(sheet, state), dialog);
  });
  const before = filledIn(dialog);
  dialog.addEventListener("close", () => {
    left.delete(sheet.title);
    if (!state.over) leave(sheet.title, before, filledIn(dialog));
    stop();
    dialog.remove();
    giveBack();
    tellOf(state.withdraw());
  });
  document.body.append(dialog);
  dialog.showModal();
  const again = takeUp(dialog, left.get(sheet.title));
  const first = firstOf(dialog);
  const place = again.includes(first) ? first : (again[0] ?? first);
  place.focus();
  if (again.length) place.setSelectionRange(place.value.length, place.value.length);
  return undefined;
}

const isMark = ({ type }) => type === "radio" || type === "checkbox";
const keyOf = (field) => (isMark(field) ? `${field.name} ${field.value}` : field.name || field.id);
const fieldsOf = (dialog) => [...dialog.querySelectorAll(".sheet-b :is(input, select, textarea)")];
const filledIn = (dialog) =>
  new Map(fieldsOf(dialog).map((field) => [keyOf(field), isMark(field) ? field.checked : field.value]));

function leave(title, before, now) {
  const own = [...now].filter(([key, value]) => value !== (before.get(key) ?? (value === false ? value : "")));
  if (own.length) left.set(title, { own: new Map(own), before });
}

/** Fill in again what was left, but choose nothing else than is asked for now; returns the fields with one's own words. */
function takeUp(dialog, { own, before } = { own: new Map() }) {
  const fields = fieldsOf(dialog);
  const asBefore = ({ name }) => fields.every((one) => one.name !== name || before.get(keyOf(one)) === one.checked);
  const again = fields.filter((field) =>
    own.has(keyOf(field)) && (field.type !== "radio" || (own.get(keyOf(field)) && asBefore(field))));
  for (const field of again) {
    field[isMark(field) ? "checked" : "value"] = own.get(keyOf(field));
    for (const told of ["input", "change"]) field.dispatchEvent(new Event(told, { bubbles: true }));
  }
  return again.filter(({ type }) => type === "text" || type === "textarea");
}

/** What to fill in first; where there is nothing, the button that changes nothing. */
const firstOf = (dialog) =>
  dialog.querySelector("[autofocus]") ??
  chosen(dialog.querySelector(".sheet-b :is(input, select, textarea)")) ??
  dialog.querySelector(".sheet-f button, .sheet-h button");

/** Of several to choose from the one that is chosen: an arrow goes on from there. */
const chosen = (field) =>
  (field?.type === "radio" && [...field.form.querySelectorAll(":checked")].find(({ name }) => name === field.name)) || field;

function frame({ title, fields, label, send, cancel = "Cancel", danger, close, others = [] }, state) {
  const { dialog, refusal, busy } = state;
  const shut = () => dialog.close();
  const drop = () => {
    state.over = true;
    shut();
  };
  return html`<form @keydown=${sendByKey} @submit=${(event) => submit(event, others[event.submitter?.value]?.send ?? send, state, title)}>
    <header class="sheet-h">
      <h2 id="sheet-title">${title}</h2>
      <button class="icon-btn" type="button" aria-label="Close" @click=${shut}>${icon("x")}</button>
    </header>
    <div class="sheet-b">
      ${refusal.value ? problem(refusal.value) : ""} ${fields({ close: shut })}
    </div>
    ${close
      ? ""
      : html`<footer class="sheet-f">
          <button class="btn quiet" type="button" @click=${drop}>${cancel}</button>
          <button class="btn ${danger ? "danger" : "primary"}" type="submit" aria-busy=${busy.value}>${typeof label === "function" ? label() : label}</button>
          ${others.map(({ words, danger: grave }, place) => html`
            <button class="btn quiet other ${grave ? "grave" : ""}" type="submit" value=${place}>${words}</button>`)}
        </footer>`}
  </form>`;
}

/** Ctrl+Enter or Cmd+Enter, also where Enter begins a new line. */
function sendByKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  if (event.currentTarget.querySelector("[type=submit]")) event.currentTarget.requestSubmit();
}

async function submit(event, send, state, title) {
  const { dialog, refusal, busy } = state;
  event.preventDefault();
  if (busy.value) return;
  busy.value = true;
  refusal.value = null;
  try {
    const values = Object.fromEntries(new FormData(event.target));
    const { answer, withdraw } = tracking(() => send(values));
    state.withdraw = withdraw;
    await answer;
    state.over = true;
    left.delete(title);
    dialog.close();
  } catch (why) {
    if (why instanceof Error) throw why;
    refusal.value = why;
  } finally {
    busy.value = false;
  }
}

/** It is never sent again; but what was on its way may have arrived. */
function tellOf(withdrawn) {
  if (!withdrawn.some((one) => one?.tries)) return;
  toast({ level: "soon", words: "It was on its way already. The timeline shows whether it arrived; it is not sent again." });
}
