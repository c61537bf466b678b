// Catch me up: what was decided, changed, told and done since somebody last looked, over the log.
// The server gathers it from the log; it is shown on coming back, or when asked for.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { offer } from "../offers.js";
import { incident, live, past } from "../state.js";
import { bothZones, clockNow, date, minuteOfDay, span, zone } from "../time.js";
import { visibly } from "../unseen.js";
import { copy } from "./copying.js";
import { fetched } from "./fetching.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { panel } from "./panel.js";
import { tab } from "./place.js";
import { marked, named } from "./sentence.js";
import { watchVisits } from "./visits.js";
import { isAsked } from "./yours.js";
import { AUDIENCES, roleWord, saying, stateWord } from "./words.js";

const LINES = 6; // of one sort; the newest

/** {brief} or {problem} or {} while the log is read; null when it is not shown. */
const told = signal(null);
let visit = null; // the visit before this one
let asked = 0;

export function mount(strip, button) {
  panel(strip, () => (told.value ? section(told.value) : nothing));
  panel(button, opener);
  offer({ id: "catch up", words: "Catch me up", group: "This incident", may: () => past.value === null, does: catchUp });
  document.addEventListener("keydown", escape);
  watchVisits((before, missed) => {
    visit = before;
    if (missed && !isAsked.peek()) ask(); // a page is answered first
  });
}

const opener = () => html`<button class="text-btn catch-me" type="button" aria-expanded=${told.value !== null} title="Catch me up"
  @click=${() => (told.value ? dismiss() : catchUp())}>${icon("file-text")}<span>Catch me up</span></button>`;

async function catchUp() {
  tab.value = "timeline";
  await ask();
  document.getElementById("h-catch")?.focus();
}

async function ask() {
  const mine = (asked += 1);
  told.value = {};
  const path = `/api/incidents/${encodeURIComponent(incident.peek().id)}/catch-up`;
  try {
    const answer = await fetched(visit ? `${path}?after=${visit.seq}` : path);
    const brief = await answer.json();
    if (mine === asked) told.value = { brief };
  } catch (problem) {
    if (mine === asked) told.value = { problem };
  }
}

function dismiss() {
  asked += 1;
  const hadFocus = document.getElementById("catch-up").contains(document.activeElement);
  told.value = null;
  if (hadFocus) document.getElementById("log").focus();
}

function escape(event) {
  if (event.key !== "Escape" || event.defaultPrevented || told.value === null || past.value !== null) return;
  if (document.querySelector("dialog[open]") || event.target.matches("input, textarea, select")) return;
  event.preventDefault();
  dismiss();
}

const section = ({ brief, problem }) => html`<section class="catch-up" aria-labelledby="h-catch">
  <header><h3 id="h-catch" tabindex="-1">${brief ? heading(brief) : "Catching up"}</h3>
    ${brief ? html`<button class="copy" type="button" @click=${({ currentTarget }) => copy(brief.text, currentTarget)}>${icon("copy")}Copy as text</button>` : nothing}
    <button class="icon-btn" type="button" aria-label="Dismiss (Esc)" title="Dismiss (Esc)" @click=${dismiss}>${icon("x")}</button></header>
  ${brief ? body(brief) : html`<p class="quiet-line">${problem ? `This cannot be told now. ${saying(problem)}` : "Reading the log"}</p>`}
  <p class="vh" role="status">${brief ? `${brief.count} entries since ${minuteOfDay(brief.after.at)}.` : ""}</p>
</section>`;

const heading = ({ after, count, at }) => html`${after.seq ? "Since you looked" : "Since it was declared"},
  <time datetime=${after.at} title=${bothZones(after.at)}>${when(after.at)}</time>
  <span>${span(Date.parse(at) - Date.parse(after.at))} ago, ${count} ${count === 1 ? "entry" : "entries"}</span>`;

/** 03:18, with its day where that is not today. */
function when(at) {
  const isToday = date(at, zone.value) === date(clockNow.peek(), zone.value);
  return isToday ? minuteOfDay(at) : `${date(at)} ${minuteOfDay(at)}`;
}

function body(brief) {
  const parts = [
    ["Now", standing(brief)],
    ["Decided", brief.decisions.map(saidLine)],
    ["Changed", brief.changes.filter(({ kind }) => kind !== "declared").map(changeLine)],
    ["Roles", brief.roles.map(roleLine)],
    ["Told", brief.updates.map((one) => saidLine(one, AUDIENCES[one.audience] ?? one.audience))],
    ["Fixes running", brief.fixes.running.map(fixLine)],
    ["Fixes waiting", brief.fixes.waiting.map(fixLine)],
    ["Fixes ended", brief.fixes.ended.map(fixLine)],
  ].filter(([, lines]) => lines.length);
  if (!parts.length) return html`<p class="quiet-line">Nothing was decided, changed or told.</p>`;
  return html`<dl>${parts.map(([word, lines]) => html`<div><dt>${word}</dt><dd><ul>
    ${lines.length > LINES ? html`<li class="quiet-line">${lines.length - LINES} earlier, in the timeline</li>` : nothing}
    ${lines.slice(-LINES).map((line) => html`<li>${line}</li>`)}</ul></dd></div>`)}</dl>`;
}

function standing({ severity, state }) {
  const words = [];
  if (severity) words.push(html`<b>SEV${severity.to}</b>, was SEV${severity.from}`);
  if (state) words.push(html`<b>${word(state.to)}</b>, was ${word(state.from)}`);
  return words;
}

const word = (state) => stateWord({ status: state });
const at = (iso) => html`<time datetime=${iso} title=${bothZones(iso)}>${minuteOfDay(iso)}</time>`;
const link = (number) => (number ? html` <a class="cite" href="#T${number}">T${number}</a>` : nothing);

const saidLine = ({ at: iso, by, message, number }, audience) => html`${at(iso)} <b>${typeof audience === "string" ? `${audience}, by ` : nothing}${nameOf(by)}</b> <bdi>${marked(message)}</bdi>${link(number)}`;

const changeLine = ({ at: iso, by, kind, message, people, number }) => html`${at(iso)} <bdi>${named({ author: by, kind, message, data: { people } })}</bdi>${link(number)}`;

const roleLine = ({ role, from, to, at: iso }) => html`${at(iso)} <b>${roleWord(role)}</b> ${to ? nameOf(to) : "nobody"}, was ${from ? nameOf(from) : "nobody"}${link(entryOf("role", role))}`;

const ENDS = { completed: "done", abandoned: "given up" };

const fixLine = ({ id, description, owner, status }) => html`<b>${id}</b> <bdi>${visibly(description)}</bdi>${owner ? `, ${nameOf(owner)}` : ""}${ENDS[status] ? `, ${ENDS[status]}` : ""}${link(entryOf("action", id))}`;

/** The newest entry about a fix or a role, where it is loaded. */
const entryOf = (field, value) => live.peek().entries.findLast(({ data }) => data?.[field] === value)?.number;
