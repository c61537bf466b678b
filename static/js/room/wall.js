// The incident for a screen across the room: how bad, what, since when, what is due, who leads and
// what happens. Nothing can be changed on it; Esc goes back to the room.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { effect } from "../../vendor/signals/signals-core.js";
import { incident, landmarks, link, mayAct } from "../state.js";
import { bothZones, clock, clockNow, duration, minuteOfDay, now, ofDay, span, urgency, zoneWord } from "../time.js";
import { visibly } from "../unseen.js";
import { connection } from "./connection.js";
import { bars, icon } from "./icon.js";
import { nameOf } from "./names.js";
import { nextUpdate, nextWords, overSince, running } from "./next-line.js";
import { ticking } from "./panel.js";
import { isOver, isWanted, stateKey, stateWord } from "./words.js";

const FIXES = 3;
let dialog = null;
let lock = null; // keeps the screen awake, where the browser can

/** Fills the screen; `place` is where it stands in the page. */
export function show(place) {
  if (dialog) return;
  dialog = document.createElement("dialog");
  dialog.className = "wall";
  dialog.setAttribute("aria-label", `Wallboard of ${incident.value.id}`);
  const stop = effect(() => render(wall(), dialog));
  const leave = (event) => {
    if (event.key !== "w" || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation(); // the page would open it again
    dialog.close();
  };
  dialog.addEventListener("keydown", leave);
  dialog.addEventListener("close", () => {
    stop();
    dialog.remove();
    dialog = null;
    place.hidden = true;
    tellAddress(false);
    letSleep();
  });
  place.hidden = false;
  place.append(dialog);
  dialog.tabIndex = -1;
  dialog.showModal();
  dialog.focus();
  tellAddress(true);
  stayAwake();
}

/** The address of a wallboard opens as one, also after the television was off. */
function tellAddress(on) {
  const url = new URL(location.href);
  if (on) url.searchParams.set("wall", "");
  else url.searchParams.delete("wall");
  history.replaceState(history.state, "", url.href.replace("wall=", "wall"));
}

async function stayAwake() {
  document.addEventListener("visibilitychange", wakeAgain);
  await wakeAgain();
}

async function wakeAgain() {
  if (!dialog || document.hidden) return;
  lock = await navigator.wakeLock?.request("screen").catch(() => null);
}

function letSleep() {
  document.removeEventListener("visibilitychange", wakeAgain);
  lock?.release();
  lock = null;
}

const wall = () => html`
  <header class="wall-h" data-sev=${incident.value.severity}>
    <p class="sev-block">${bars()}<span class="sev-word">SEV</span><span class="sev-num">${incident.value.severity}</span></p>
    <div><p class="wall-id"><span class="mono">${incident.value.id}</span>${incident.value.drill ? html`<span class="tag drill">Drill</span>` : nothing}</p>
      <h2><bdi>${visibly(incident.value.title)}</bdi></h2></div>
    <p class="wall-state state" data-state=${stateKey(incident.value)}><span class="state-dot" aria-hidden="true"></span>${stateWord(incident.value)}</p>
  </header>
  ${silence()}
  <dl class="wall-clocks">${clocks()}</dl>
  <dl class="wall-facts">
    ${incident.value.description ? html`<div class="wall-what"><dt>What</dt><dd><bdi>${visibly(incident.value.description)}</bdi></dd></div>` : nothing}
    <div data-level=${incident.value.commander || isOver(incident.value) ? "calm" : "soon"}><dt>${isOver(incident.value) ? "Led" : "Leads"}</dt><dd>${leader()}</dd></div>
    <div><dt>Next</dt><dd>${nextWords()}</dd></div>
    ${decision()} ${fixes()}
  </dl>
  <footer class="wall-f"><span class="wall-link">${connection()}</span>
    <time>${ticking(() => ofDay(now.value))}</time> ${zoneWord.value}
    <button class="btn quiet" type="button" @click=${() => dialog.close()}>Back to the room<kbd>Esc</kbd></button></footer>`;

/** Nothing here may look alive when it is not. */
function silence() {
  if (!mayAct.value) return html`<p class="wall-past">${icon("rewind")}This is the past: <time>${ticking(() => ofDay(clockNow.value))}</time> ${zoneWord.value}</p>`;
  const since = () => (now.value, Math.max(0, Date.now() - link.value.heardAt));
  return html`<p class="wall-stale" role="alert">${icon("triangle-alert")}<span>Not live: nothing was heard for ${ticking(() => span(since()))}. What stands here may be wrong.</span></p>`;
}

const leader = () => incident.value.commander
  ? html`<bdi>${nameOf(incident.value.commander)}</bdi>`
  : isWanted("incident_commander", incident.value.severity) && !isOver(incident.value) ? html`<b>Nobody</b>` : "Nobody";

function clocks() {
  const { declaredTime, startTime, mitigationTime } = incident.value;
  const over = overSince.value;
  return html`${runs("Elapsed", declaredTime, over)} ${runs("Customer impact", startTime ?? declaredTime, mitigationTime ?? over)} ${due()}`;
}

function runs(label, from, to) {
  const length = () => (to ? Date.parse(to) : clockNow.value) - Date.parse(from);
  return html`<div class="clock" ?data-done=${Boolean(to)} title="since ${bothZones(from)}"><dt>${label}</dt>
    <dd><time datetime=${ticking(() => duration(length()))}>${ticking(() => clock(length()))}</time></dd></div>`;
}

function due() {
  const next = nextUpdate.value;
  if (!next) return html`<div class="clock due" data-level="none"><dt>Next update due</dt><dd><time>none</time></dd></div>`;
  const left = () => clock(Math.abs(Date.parse(next.at) - clockNow.value));
  return html`<div class="clock due" data-level=${ticking(() => urgency(next.at))}>
    <dt>${ticking(() => (urgency(next.at) === "late" ? "Update late by" : "Next update due"))}</dt><dd><time datetime=${next.at}>${ticking(left)}</time></dd></div>`;
}

function decision() {
  const last = landmarks.value.findLast(({ type, kind, redacted }) => type === "decision" && kind === "noted" && !redacted);
  if (!last) return nothing;
  return html`<div><dt>Last decision</dt><dd><bdi>${visibly(last.amended?.message ?? last.message)}</bdi> <small>${nameOf(last.author)}, ${minuteOfDay(last.timestamp)}</small></dd></div>`;
}

function fixes() {
  const [first, ...others] = running.value; // the first stands under "Next" already
  if (!first || !others.length) return nothing;
  return html`<div><dt>Also running</dt><dd><ul>${others.slice(0, FIXES).map(({ id, description, startedAt }) => html`<li><span class="mono">${id}</span> <bdi>${visibly(description)}</bdi>
    <small>${ticking(() => span(clockNow.value - Date.parse(startedAt)))}</small></li>`)}</ul></dd></div>`;
}
