// Where people write. Enter posts, Shift+Enter is a new line, / begins a command.
// What is written is kept until it was sent, also over a reload.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { live } from "../../vendor/lit/directives/live.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { post } from "../sending.js";
import { actions, entryOf, incident, mayAct, roles } from "../state.js";
import { serverNow, zone } from "../time.js";
import { touched } from "../touched.js";
import { draft } from "./draft.js";
import { inTheWay, inWords } from "./fix-conflicts.js";
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

/** Reading a line, completing it: there from the first touch of the page on. */
const writing = signal(null);
touched.then(bringWriting).catch(() => null); // it is asked for again with the first line

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
  const around = { whoIs, roles: roleNames(roles.value), round, paused: Boolean(pausedUntil), actions: actions.value };
  return writing.value.parse(draft.value, { now: serverNow(), zone: zone.value, find, ...around });
}

export const composer = () => html`<form class="composer" @submit=${submitted}>
  ${writing.value?.menu()} ${writing.value?.answered()}
  ${wrong.value ? html`<p class="warn" role="alert">${icon("triangle-alert")}<span>${wrong.value}</span></p>` : preview()}
  <label class="vh" for="say">Add to the timeline</label>
  <div class="composer-box">
    <textarea id="say" rows="1" placeholder="Add a note, or / for commands" maxlength="10000" autocomplete="off"
      aria-autocomplete="list" aria-controls=${listedBy().controls} aria-activedescendant=${listedBy().active}
      .value=${live(draft.value)} @input=${changed} @keydown=${pressed} @keyup=${looked} @pointerup=${looked}
      @focus=${() => focusIs(true)} @blur=${left}></textarea>
    ${extras.value}
    <button class="btn" type="submit">${icon("send")}<span>Post</span></button>
  </div>
  <p class="composer-hint"><span class="typing">${typingWords()}</span>
    <span class="cmds">${CHIPS.map((verb) => html`<button type="button" @click=${() => begin(`${verb} `)}><kbd>${verb}</kbd></button>`)}</span></p>
</form>`;

const listedBy = () => writing.value?.listedBy() ?? { controls: nothing, active: nothing };

function preview() {
  const { command, sort, words } = meaning.value ?? {};
  if (!command || sort === "human") return nothing;
  const held = command.type === "add_action" ? inTheWay(command) : [];
  return html`<p class="composer-mode"><b>${SORTS[command.type](command)}</b><span><bdi>${words}</bdi></span></p>
    ${held.length ? html`<p class="composer-mode soon">${icon("triangle-alert")}<span>${inWords(held[0])} It can be proposed, and run after that.</span></p>` : nothing}`;
}

const SORTS = {
  add_timeline: ({ entryType }) => (entryType === "decision" ? "Decision" : "Earlier"),
  post_update: ({ audience }) => `Update to ${audience}`,
  add_action: () => "Fix", update_incident: () => "Severity", set_status: () => "State",
  update_action: ({ action }) => action, assign_role: () => "Role",
  acknowledge: () => "Acknowledge", amend_entry: ({ pinned }) => (pinned ? "Pin" : "Correction"), escalate: () => "Page",
  offer_role: () => "Handoff", pause_escalation: () => "Pause", resume_escalation: () => "Resume",
  snooze_update: () => "Snooze", raise_hypothesis: () => "Possible cause",
};

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

function left() {
  focusIs(false);
  stopTyping();
}

function pressed(event) {
  if (event.isComposing || writing.value?.pressedInMenu(event)) return;
  if (event.key === "Enter" && !event.shiftKey) submitted(event);
  else if (event.key === "Escape") field().blur();
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
