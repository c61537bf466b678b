// Where people write. Enter posts, Shift+Enter is a new line, / begins a command.
// What is written is kept until it was sent, also over a reload.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { live } from "../../vendor/lit/directives/live.js";
import { computed, effect, signal } from "../../vendor/signals/signals-core.js";
import { post } from "../sending.js";
import { actions, entryOf, incident, link, mayAct, people, roles } from "../state.js";
import { serverNow, zone } from "../time.js";
import { touched } from "../touched.js";
import { draft } from "./draft.js";
import { typingWords } from "./here.js";
import { icon } from "./icon.js";
import { whoIs } from "./names.js";
import { stopTyping, typed } from "./place.js";
import { end } from "./timeline.js";
import { roleNames } from "./words.js";

const CHIPS = ["/decide", "/fix", "/page", "/update", "/handoff"];
const AWAY = "The server is away, and this page has not come whole. Your words are kept: post them when you are connected.";
const PAST = "This is the past: go back to live to write. Your words are kept.";

/** What other parts put between the field and its button: `extras.value = html`...``. */
export const extras = signal(nothing);

/** What goes along with a line: {holds(again), join(meant)}; see attach.js. */
export const beside = signal(null);

/** Reading a line, completing it: there from the first touch of the page on, or from when it is
 * connected and rests, since whoever comes later may find the network gone. */
const writing = signal(null);
const rest = window.requestIdleCallback ?? ((does) => setTimeout(does, 200));
const isUsable = computed(() => link.value.phase === "live");
const bring = () => bringWriting().catch(() => null); // it is asked for again with the first line
touched.then(bring);
effect(() => void (isUsable.value && rest(bring)));

const wrong = signal(null);
const meaning = computed(() => (writing.value && /^\/\S+\s/.test(draft.value) ? read() : null));

const withFiles = (meant) => beside.value?.join(meant) ?? meant;

const field = () => document.getElementById("say");

async function bringWriting() {
  writing.value ??= await import("./writing.js");
  writing.value.focusIs(document.activeElement === field());
  typedAt(field().selectionStart);
}

const typedAt = (position) => writing.peek()?.typedAt(position);
const focusIs = (has) => writing.peek()?.focusIs(has);

function read() {
  const find = entryOf;
  const { round, pausedUntil } = incident.value.escalation ?? {};
  const around = { whoIs, people: people.value, roles: roleNames(roles.value), round, paused: Boolean(pausedUntil), actions: actions.value };
  return writing.value.parse(draft.value, { now: serverNow(), zone: zone.value, find, ...around });
}

export const composer = () => html`<form class="composer" @submit=${submitted}>
  ${writing.value?.menu()} ${writing.value?.answered()}
  ${wrong.value ? html`<p class="warn" role="alert">${icon("triangle-alert")}<span>${wrong.value}</span></p>` : writing.value?.preview(meaning.value ?? {})}
  <label class="vh" for="say">Add to the timeline</label>
  <div class="composer-box">
    <textarea id="say" rows="1" placeholder="Add a note, or / for commands" maxlength="10000" autocomplete="off"
      aria-autocomplete="list" aria-controls=${listedBy().controls} aria-activedescendant=${listedBy().active}
      .value=${live(draft.value)} @input=${changed} @keydown=${pressed} @keyup=${looked} @pointerup=${looked}
      @focus=${() => focusIs(true)} @blur=${() => (focusIs(false), stopTyping())}></textarea>
    ${extras.value}
    <button class="btn" type="submit">${icon("send")}<span>Post</span></button>
  </div>
  <p class="composer-hint"><span class="typing">${typingWords()}</span>
    <span class="cmds">${CHIPS.map((verb) => html`<button type="button" @click=${() => begin(`${verb} `)}><kbd>${verb}</kbd></button>`)}</span></p>
</form>`;

const listedBy = () => writing.value?.listedBy() ?? { controls: nothing, active: nothing };

/** Puts `start` into the field, before whatever is written there, and goes there. */
export function begin(start = "") {
  const rest = draft.value.replace(/^\/\S*\s?/, "");
  change(start ? `${start}${rest}` : draft.value);
  field().focus();
  field().setSelectionRange(draft.value.length, draft.value.length);
  typedAt(draft.value.length);
}

function changed({ target }) {
  change(target.value);
  typedAt(target.selectionStart);
  typed();
}

function change(value) {
  draft.value = value;
  wrong.value = null;
}

/** The caret went elsewhere without a letter written. */
function looked({ target }) {
  if (target.selectionStart !== writing.value?.caret.value) typedAt(target.selectionStart);
}

const early = []; // keys that were meant for the list of words, and what came after, until it is there

function isEarly({ key, shiftKey, ctrlKey, altKey, metaKey }) {
  if (writing.value || ctrlKey || altKey || metaKey) return false;
  const isListed = !shiftKey && /^(Tab|Enter|ArrowDown|ArrowUp)$/.test(key) && /^\/|@\S*$/.test(draft.value);
  return isListed || (early.length > 0 && key.length === 1);
}

function hold(event) {
  event.preventDefault();
  if (early.push(event.key) === 1) bring().then(() => (writing.value?.pressAgain ?? giveUp)(early.splice(0), field()));
}

function giveUp(keys) {
  change(draft.value + keys.filter((key) => key.length === 1).join(""));
  wrong.value = AWAY;
}

function pressed(event) {
  if (event.isComposing) return;
  if (isEarly(event)) hold(event);
  else if (writing.value?.pressedInMenu(event)) return;
  else if (event.key === "Enter" && !event.shiftKey) submitted(event);
  else if (event.key === "Escape") document.getElementById("log").focus({ preventScroll: true });
}

function submitted(event) {
  event.preventDefault();
  if (writing.value) send();
  else bringWriting().then(send, () => (wrong.value = AWAY));
}

function send() {
  if (beside.value?.holds(() => field().form.requestSubmit())) return undefined;
  if (!draft.value.trim()) return undefined;
  const meant = withFiles(mayAct.value ? read() : { problem: PAST });
  if (meant.problem) return (wrong.value = meant.problem);
  const written = draft.value;
  change("");
  typedAt(0);
  stopTyping();
  writing.value.forget();
  if (meant.question) return writing.value.ask(meant);
  end.toEnd();
  return post({ ...meant, written });
}
