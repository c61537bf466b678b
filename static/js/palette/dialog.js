// The palette: one field, one list; arrows choose, Enter does it, Esc goes back to where one was.
// What the server is asked for comes after what is known here, and never moves what is chosen.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { live } from "../../vendor/lit/directives/live.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { icon } from "../room/icon.js";
import { matches } from "./matches.js";
import { ids, incidents, listed, people } from "./sources.js";

const WAIT = 120; // ms after the last letter before the server is asked
const AWAY = "The server cannot be reached: what can be done here is listed, incidents and people are not.";
const SIGNED_OUT = "You are signed out: incidents and people are not listed.";

let dialog = null;
let typed = "";
let chosen = null; // id of an answer
let asked = null; // {typed, incidents, people, problem} as the server last answered
let asking = null; // AbortController
let timer = null;

/** `early`: keys that were pressed while this module was on its way. */
export function toggle(early = []) {
  if (dialog?.open) return dialog.close();
  dialog ??= make();
  [typed, chosen, asked] = [written(early), null, null];
  draw();
  dialog.showModal();
  dialog.querySelector("input").focus();
  const [first] = answers();
  if (early.includes("Enter") && first) return take(first);
  return ask();
}

const written = (keys) => keys.reduce((text, key) => (key === "Backspace" ? text.slice(0, -1) : key.length === 1 ? text + key : text), "").trimStart();

function make() {
  const made = document.createElement("dialog");
  made.className = "sheet palette";
  made.setAttribute("aria-label", "Jump to, or do something");
  made.addEventListener("close", () => asking?.abort());
  made.addEventListener("click", (event) => event.target === made && made.close()); // beside it
  document.body.append(made);
  return made;
}

const answers = () => groups().flatMap(([, some]) => some);

/** Of what the server told about other letters, what fits these; Enter must not take the rest. */
const fitting = (some = []) => (isAnswered() ? some : matches(some, typed, ({ before, words }) => `${before ?? ""} ${words}`));
const isAnswered = () => asked?.typed === typed;

/** [[heading, answers]], without what is empty. */
function groups() {
  const [first, last] = listed(typed);
  const found = [
    ["Jump to", ids(typed)], first,
    [typed ? "Incidents" : "Open incidents", fitting(asked?.incidents)],
    ["People", typed ? fitting(asked?.people) : []],
    last,
  ];
  return found.filter(([, some]) => some.length);
}

function draw() {
  const all = answers();
  const at = Math.max(0, all.findIndex(({ id }) => id === chosen));
  render(frame(all[at]), dialog);
}

const frame = (current) => html`
  <div class="palette-h">${icon("search")}
    <input type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list"
      aria-activedescendant=${current ? nameOf(current) : nothing} aria-label="Jump to an incident, a person or a page, or do something"
      placeholder="Incident, person, page, or what to do" autocomplete="off" autocapitalize="none" spellcheck="false"
      maxlength="200" .value=${live(typed)} @input=${changed} @keydown=${pressed}>
    <button class="icon-btn" type="button" aria-label="Close" @click=${() => dialog.close()}>${icon("x")}</button></div>
  <div class="palette-list" id="palette-list" role="listbox" aria-label="What was found">
    ${repeat(groups(), ([heading]) => heading, ([heading, some]) => html`<div role="group" aria-label=${heading}><p aria-hidden="true">${heading}</p>
      ${repeat(some, ({ id }) => id, (one) => option(one, one === current || one.id === current?.id))}</div>`)}
  </div>
  ${current ? nothing : html`<p class="palette-none">${isAnswered() ? "Nothing is called that." : "Looking"}</p>`}
  ${asked?.problem ? html`<p class="palette-note">${icon("triangle-alert")}${asked.problem}</p>` : nothing}
  <p class="vh" role="status">${isAnswered() ? count() : ""}</p>`;

const count = () => `${answers().length} found`;
const nameOf = ({ id }) => `palette ${id}`.replaceAll(/\s+/g, "-");

const option = (one, current) => html`<div role="option" id=${nameOf(one)} aria-selected=${current}
    @click=${() => take(one)} @pointermove=${() => choose(one)}>
  ${one.severity ? html`<span class="palette-sev" data-sev=${one.severity}><span class="vh">Severity </span>${one.severity}</span>` : icon(one.sign)}
  <span class="palette-words">${one.before ? html`<span class="palette-before">${one.before}</span> ` : nothing}<bdi>${one.words}</bdi></span>
  ${one.more ? html`<small>${one.more}</small>` : nothing}
  ${one.keys ? html`<span class="palette-keys" aria-hidden="true">${one.keys.split(" ").map((key) => html`<kbd>${key}</kbd>`)}</span>` : nothing}</div>`;

function changed({ target }) {
  [typed, chosen] = [target.value.trimStart(), null];
  draw();
  dialog.querySelector(".palette-list").scrollTop = 0;
  clearTimeout(timer);
  timer = setTimeout(ask, WAIT);
}

function pressed(event) {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[event.key];
  if (event.key === "Enter") {
    event.preventDefault();
    const all = answers();
    const one = all.find(({ id }) => id === chosen) ?? all[0];
    if (one) take(one);
  } else if (step) {
    event.preventDefault();
    move(step);
  }
}

/** One step goes round at the ends, a leap stops there. */
function move(step) {
  const all = answers();
  if (!all.length) return;
  const at = Math.max(0, all.findIndex(({ id }) => id === chosen)) + step;
  const to = Math.abs(step) === 1 ? (at + all.length) % all.length : Math.min(all.length - 1, Math.max(0, at));
  choose(all[to]);
  document.getElementById(nameOf(all[to])).scrollIntoView({ block: "nearest" });
}

function choose({ id }) {
  if (chosen === id) return;
  chosen = id;
  draw();
}

/** First back to where one was, so that an action finds the focus there. */
function take({ does }) {
  dialog.close();
  does();
}

async function ask() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const about = typed;
  const [found, known] = await Promise.allSettled([incidents(about, mine.signal), about ? people(about, mine.signal) : []]);
  if (mine.signal.aborted) return;
  chosen ??= answers()[0]?.id ?? null; // what stands first now stays chosen
  const failed = [found, known].find(({ status }) => status === "rejected");
  asked = { typed: about, incidents: found.value ?? [], people: known.value ?? [], problem: failed ? (failed.reason?.status === 401 ? SIGNED_OUT : AWAY) : null };
  draw();
}
