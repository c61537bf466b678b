// Short words at the edge of the page about what this person just did, with one thing to do about
// it. They go by themselves; what must not be missed is said elsewhere.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { effect, signal } from "../../vendor/signals/signals-core.js";
import { visibly } from "../unseen.js";
import { icon } from "./icon.js";

const LASTS = 10_000; // ms: the window in which something can be undone
const MOST = 3; // on the page at once
const SIGNS = { well: "check", soon: "clock", late: "triangle-alert" };

const shown = signal([]); // [{id, words, level, action, lasts}]
const leaving = new Map(); // id -> timer
let drawn = null;
let count = 0;

/**
 * `words` are said, by `level` "note", "well", "soon" or "late"; `action` is {words, does}. One of
 * the same `about` takes the place of the one before. Returns what takes it away.
 */
export function toast({ words, level = "note", action = null, lasts = LASTS, about = null }) {
  drawn ??= effect(draw);
  const one = { id: ++count, words, level, action, lasts, about };
  const others = shown.value.filter((other) => about === null || other.about !== about);
  shown.value = [...others, one].slice(-MOST);
  stay(one);
  return () => take(one.id);
}

function draw() {
  render(repeat(shown.value, ({ id }) => id, row), document.getElementById("toasts"));
}

/** It waits while it is pointed at or has the focus: reading takes as long as it takes. */
const row = (one) => html`<div class="toast" data-level=${one.level} @pointerenter=${() => hold(one)} @pointerleave=${() => stay(one)}
    @focusin=${() => hold(one)} @focusout=${() => stay(one)}>
  ${SIGNS[one.level] ? icon(SIGNS[one.level]) : nothing}<p><bdi>${visibly(one.words)}</bdi></p>
  ${one.action
    ? html`<button class="text-btn" type="button" @click=${() => act(one)}>${one.action.words}</button>`
    : nothing}
  <button class="icon-btn sm" type="button" aria-label="Close" @click=${() => take(one.id)}>${icon("x")}</button></div>`;

function act({ id, action }) {
  take(id);
  action.does();
}

function stay({ id, lasts }) {
  hold({ id });
  leaving.set(id, setTimeout(() => take(id), lasts));
}

function hold({ id }) {
  clearTimeout(leaving.get(id));
  leaving.delete(id);
}

function take(id) {
  hold({ id });
  shown.value = shown.value.filter((one) => one.id !== id);
}
