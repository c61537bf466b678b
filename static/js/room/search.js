// Search in the log: the server looks through all of it, also through what is not loaded. A result
// leads to its entry, Escape back to where one was.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { offer } from "../offers.js";
import { entries, incident } from "../state.js";
import { ofDay } from "../time.js";
import { visibly } from "../unseen.js";
import { fetched } from "./fetching.js";
import { goTo } from "./find.js";
import { icon } from "./icon.js";
import { found as shownEntry } from "./looking.js";
import { nameOf } from "./names.js";
import { panel } from "./panel.js";
import { tab } from "./place.js";
import { bookmark } from "./timeline.js";
import { saying } from "./words.js";

const REST = 250; // ms without a key before the server is asked
const LEAST = 2; // letters
const AT_ONCE = 30;
const AROUND = 70; // letters of a text before what was looked for

const open = signal(false);
const results = signal(null); // {q, entries: newest first, before: where the next page begins, or null}
const failure = signal(null);
let goBack = null;
let asking = null;

export function mount(place) {
  panel(place, () => (open.value ? form() : nothing));
  const button = document.getElementById("search");
  button?.addEventListener("click", search);
  if (button) button.hidden = false;
  offer({ id: "search", words: "Search in the log", keys: "f /", group: "Show", does: search });
}

export function search() {
  tab.value = "timeline";
  goBack ??= bookmark();
  open.value = true;
  field().focus();
  field().select();
}

const field = () => document.getElementById("sought");

const form = () => html`<form class="find" role="search" @submit=${submitted} @keydown=${pressed}>
  ${icon("search")}<label class="vh" for="sought">Search in the log</label>
  <input class="input" id="sought" type="search" maxlength="200" autocomplete="off" placeholder="Words in the log, or T42" @input=${typed}>
  <span class="n" role="status">${counted()}</span>
  <button class="icon-btn" type="button" aria-label="Close the search and stay here" title="Close and stay here (Esc goes back)" @click=${stay}>${icon("x")}</button>
  ${results.value?.entries.length || results.value?.before ? html`<ol class="find-list">${repeat(results.value.entries, ({ number }) => number, result)}
    ${results.value.before ? html`<li><button class="text-btn" type="button" data-result @click=${more}>Look further back</button></li>` : nothing}</ol>` : nothing}
  ${failure.value ? html`<p class="warn" role="alert">${saying(failure.value)}</p>` : nothing}
</form>`;

function counted() {
  if (!results.value) return "";
  const { entries: found, before } = results.value;
  if (!found.length && !before) return "Nothing found";
  return before ? `${found.length} so far` : `${found.length} found`;
}

const result = (entry) => html`<li><button type="button" data-result aria-current=${shownEntry.value === entry.number ? "true" : nothing}
    @click=${() => goTo(entry.number)}>
  <time datetime=${entry.timestamp}>${ofDay(entry.timestamp)}</time> <b><bdi>${nameOf(entry.author)}</bdi></b>
  <span><bdi>${excerpt(entry)}</bdi></span> <span class="mono">T${entry.number}</span></button></li>`;

/** What an entry says around the words that were looked for. */
function excerpt({ message, amended }) {
  const text = amended?.message ?? message;
  const at = text.toLowerCase().indexOf(results.value.q.toLowerCase());
  if (at < 0) return visibly(text.slice(0, 3 * AROUND));
  const [from, to] = [Math.max(0, at - AROUND), at + results.value.q.length];
  return html`${from ? "…" : ""}${visibly(text.slice(from, at))}<mark>${visibly(text.slice(at, to))}</mark>${visibly(text.slice(to, to + 2 * AROUND))}`;
}

function typed() {
  clearTimeout(asking);
  asking = setTimeout(ask, REST);
}

async function ask() {
  clearTimeout(asking);
  const q = field()?.value.trim() ?? "";
  failure.value = null;
  results.value = null;
  if (q.length < LEAST || asNumber(q)) return;
  await page(q, (entries.value.last?.seq ?? 0) + 1, []);
}

const more = () => page(results.value.q, results.value.before, results.value.entries);

async function page(q, before, known) {
  try {
    const query = new URLSearchParams({ q, before, limit: AT_ONCE });
    const answer = await fetched(`/api/incidents/${encodeURIComponent(incident.value.id)}/timeline?${query}`);
    const next = /[?&]before=(\d+)/.exec(answer.headers.get("Link") ?? "")?.[1] ?? null;
    const found = (await answer.json()).filter(({ redacted }) => !redacted).reverse();
    if (field()?.value.trim() === q) results.value = { q, entries: [...known, ...found], before: next };
  } catch (why) {
    failure.value = why;
  }
}

const asNumber = (text) => Number(/^T?([1-9]\d*)$/i.exec(text)?.[1]) || null;

async function submitted(event) {
  event.preventDefault();
  const number = asNumber(field().value.trim());
  if (!number) return results.value ? document.querySelector("[data-result]")?.click() : ask();
  if (!(await goTo(number))) failure.value = { detail: `There is no T${number} in this incident.` };
}

function pressed(event) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [field(), ...document.querySelectorAll("[data-result]")];
  stops[stops.indexOf(document.activeElement) + step]?.focus();
  event.preventDefault();
}

function stay() {
  goBack = null;
  close();
}

/** Back to what was in view before the search began. */
function close() {
  open.value = false;
  results.value = failure.value = null;
  goBack?.();
  goBack = null;
  (document.getElementById("search") ?? document.getElementById("log")).focus();
}
