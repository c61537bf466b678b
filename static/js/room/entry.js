// How one row of the timeline looks.
// What its sentence says is in sentence.js, which sign it has in signs.js.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { keptIn } from "../outbox/kept.js";
import { me } from "../state.js";
import { bothZones, dayInWords, minuteOfDay, ofDay, span } from "../time.js";
import { attached } from "./attached.js";
import { icon } from "./icon.js";
import { initials, nameOf, tint } from "./names.js";
import { isAboutFix, weight } from "./rows.js";
import { marked, named } from "./sentence.js";
import { iconOf, TAGS } from "./signs.js";
import { visibly } from "../unseen.js";

const LONG = 816; // letters: twelve lines of the log at its widest
const LINES = 12;

/** `tools` are the buttons of the row that is pointed at, or nothing; `whole` shows all of a long text;
 * `undo` takes the entry back, while it may be. */
export function entryRow(entry, { tools, focusable, found, whole, unfold, undo }) {
  const sort = weight(entry);
  const classes = ["ev", sort, entry.redacted && "redacted", found && "found", isLong(entry) && !whole && "long"].filter(Boolean);
  return html`<li class=${classes.join(" ")} id="T${entry.number}" data-number=${entry.number}
    data-row="T${entry.number}" data-at=${entry.number} ?data-open=${tools !== nothing}>
    ${when(entry)} ${face(entry, sort)}
    <div class="c">${sort.startsWith("human") || sort.startsWith("key") ? spoken(entry, undo) : told(entry)}${isLong(entry)
      ? html`<button class="text-btn more" type="button" aria-expanded=${whole} @click=${unfold}>${whole ? "Show less" : "Show all"}</button>`
      : nothing}${attached(entry)}</div>
    <a class="ref" href="#T${entry.number}" tabindex=${focusable ? 0 : -1}>${entry.pinned
      ? html`${icon("pin")}<span class="vh">Pinned </span>`
      : nothing}T${entry.number}</a>${tools}
  </li>`;
}

/** Whether a text would fill the screen. */
function isLong({ message, amended, redacted }) {
  const texts = redacted ? [] : [message, amended?.message ?? ""];
  return texts.some((text) => text.length > LONG || (text.length > LINES && text.split("\n").length > LINES));
}

const when = ({ timestamp, approx }) =>
  html`<time datetime=${timestamp} title=${bothZones(timestamp)}>${approx
    ? html`<span class="vh">about </span>~${minuteOfDay(timestamp)}`
    : ofDay(timestamp)}</time>`;

function face(entry, sort) {
  if (!sort.startsWith("human")) return html`<span class="k">${icon(iconOf(entry))}</span>`;
  return html`<span class="k avatar ${tint(entry.author)}" aria-hidden="true">${initials(entry.author)}</span>`;
}

/** A person's words: who, then what. */
const spoken = (entry, undo) => html`<p class="who"><b>${nameOf(entry.author)}</b>${tag(entry)}${lateMark(entry)}${undo
  ? html`<button class="text-btn" type="button" @click=${undo}>Undo<span class="vh"> T${entry.number}</span></button>`
  : nothing}</p>
  ${body(entry, marked)}`;

/** What happened, in one line. */
const told = (entry) => body(entry, () => html`${named(entry)}${lateMark(entry)}`);

function tag({ kind, type, data }) {
  const word = kind === "update_posted" && data?.audience ? `Update to ${data.audience}` : TAGS[type];
  return word ? html`<span class="tag">${word}</span>` : nothing;
}

const lateMark = ({ late, recordedAt }) =>
  late ? html` <span class="late-mark">written ${minuteOfDay(recordedAt)}</span>` : nothing;

function body(entry, draw) {
  if (entry.redacted) return html`<p class="gone">Text removed</p>`;
  if (!entry.amended) return html`<p>${draw(entry.message, entry)}</p>`;
  const { message, by, at } = entry.amended;
  return html`<p class="was"><del>${visibly(entry.message)}</del></p>
    <p>${marked(message)}</p>
    <p class="amended-by">Corrected by ${nameOf(by)} ${minuteOfDay(at)}</p>`;
}

export const dayRow = ({ entry, key }) => html`<li class="day" data-row=${key} data-at=${entry.number}>${dayInWords(entry.timestamp)}</li>`;

export const gapRow = ({ entry }) => html`<li class="gap" data-row="gap" data-at=${entry.number}><span>New since you looked away</span></li>`;

export function foldRow({ run, open, key }, toggle) {
  const [first] = run;
  const length = Date.parse(run.at(-1).timestamp) - Date.parse(first.timestamp);
  const took = length >= 1_000 ? ` in ${span(length)}` : "";
  return html`<li data-row=${key} data-at=${first.number}>
    <button class="fold" type="button" aria-expanded=${open} @click=${toggle}>
      ${icon(isAboutFix(first) ? "wrench" : "bell-ring")}<span><b>${run.length} ${linesOf(run)}</b>${took}</span>${icon("chevron-down")}
    </button>
  </li>`;
}

function linesOf(run) {
  if (isAboutFix(run[0])) return `changes of fixes by ${nameOf(run[0].author)}`;
  return run.every(({ type }) => type === "alert") ? "alerts" : "lines from machines";
}

/** A command on its way, or one that was refused. */
export const pendingRow = (one, does) => {
  const [sort] = one.sort.split(" ");
  const failed = one.state === "failed";
  const sending = html`<span class="sending">${failed ? "not sent" : one.state === "asks" ? "not sent yet" : one.kept ? `kept in ${keptIn()}` : "sending"}</span>`;
  return html`<li class="ev ${one.sort} ${failed ? "failed" : "pending"}">
    <time datetime=${one.at}>${ofDay(one.at)}</time>
    <span class="k">${icon(failed ? "triangle-alert" : "clock")}</span>
    <div class="c">
      ${sort === "change"
        ? html`<p>${visibly(one.words)} ${sending}</p>`
        : html`<p class="who"><b>${nameOf(me.value.handle)}</b>${sending}</p><p>${visibly(one.words)}</p>`}
      ${failed ? refused(one, does) : nothing}
    </div>
  </li>`;
};

const refused = (one, { again, edit, discard }) => html`<p class="ev-problem" role="alert">
  <span>${one.problem.detail ?? one.problem.title}</span>
  <button class="text-btn" type="button" @click=${again}>Try again</button>
  ${edit ? html`<button class="text-btn" type="button" @click=${edit}>Edit</button>` : nothing}
  <button class="text-btn" type="button" @click=${discard}>Discard</button>
</p>`;
