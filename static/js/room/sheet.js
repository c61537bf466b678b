// Dialogs: a title, fields, one primary button; what the server refuses is said inside.
// A sheet closes when its command was accepted, never before.

import { html, render } from "../../vendor/lit/lit-html.js";
import { effect, signal } from "../../vendor/signals/signals-core.js";
import { focusKept } from "./focus.js";
import { icon } from "./icon.js";
import { saying } from "./words.js";

/**
 * `fields()` draws the body, `send(values)` gets the form's values by name and returns a promise;
 * `label` is the verb of the primary button (or a function that says it), `cancel` the other
 * one's. `others` are further ways out: [{words, danger, send(values)}].
 */
export function openSheet(sheet) {
  const dialog = document.createElement("dialog");
  dialog.className = `sheet ${sheet.size ?? ""}`;
  dialog.setAttribute("aria-labelledby", "sheet-title");
  const refusal = signal(null);
  const busy = signal(false);
  const giveBack = focusKept();
  const stop = effect(() => {
    render(frame(sheet, { dialog, refusal, busy }), dialog);
  });
  dialog.addEventListener("close", () => {
    stop();
    dialog.remove();
    giveBack();
  });
  document.body.append(dialog);
  dialog.showModal();
  firstOf(dialog).focus();
}

/** What to fill in first; where there is nothing, the button that changes nothing. */
const firstOf = (dialog) =>
  dialog.querySelector("[autofocus]") ??
  dialog.querySelector(".sheet-b input:checked, .sheet-b :is(input, select, textarea)") ??
  dialog.querySelector(".sheet-f button, .sheet-h button");

function frame({ title, fields, label, send, cancel = "Cancel", danger, close, others = [] }, state) {
  const { dialog, refusal, busy } = state;
  const shut = () => dialog.close();
  return html`<form @submit=${(event) => submit(event, others[event.submitter?.value]?.send ?? send, state)}>
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
          <button class="btn quiet" type="button" @click=${shut}>${cancel}</button>
          <button class="btn ${danger ? "danger" : "primary"}" type="submit" aria-busy=${busy.value}>${typeof label === "function" ? label() : label}</button>
          ${others.map(({ words, danger: grave }, place) => html`
            <button class="btn quiet other ${grave ? "grave" : ""}" type="submit" value=${place}>${words}</button>`)}
        </footer>`}
  </form>`;
}

async function submit(event, send, { dialog, refusal, busy }) {
  event.preventDefault();
  if (busy.value) return;
  busy.value = true;
  refusal.value = null;
  try {
    await send(Object.fromEntries(new FormData(event.target)));
    dialog.close();
  } catch (why) {
    if (why instanceof Error) throw why;
    refusal.value = why;
  } finally {
    busy.value = false;
  }
}

export const problem = (why) =>
  html`<div class="problem" role="alert">${icon("triangle-alert")}<p>${saying(why)}</p></div>`;
