// Where people write. Enter posts, Shift+Enter is a new line, / begins a command.
// What is written is kept until it was sent, also over a reload.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { live } from "../../vendor/lit/directives/live.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { post } from "../sending.js";
import { entries, incident, roles } from "../state.js";
import { serverNow, zone } from "../time.js";
import { draft } from "./draft.js";
import { typingWords } from "./here.js";
import { icon } from "./icon.js";
import { whoIs } from "./names.js";
import { parse, suggestions } from "./parse.js";
import { stopTyping, typed } from "./place.js";
import { end } from "./timeline.js";
import { roleNames } from "./words.js";

const CHIPS = ["/decide", "/fix", "/page", "/update", "/handoff"];

const wrong = signal(null);
const chosen = signal(0);
const dismissed = signal(false);
const offered = computed(() => (dismissed.value ? [] : suggestions(draft.value)));
const meaning = computed(() => (/^\/\S+\s/.test(draft.value) ? read() : null));

const field = () => document.getElementById("say");

function read() {
  const find = (number) => entries.value.byNumber(number);
  const { round, pausedUntil } = incident.value.escalation ?? {};
  const around = { whoIs, roles: roleNames(roles.value), round, paused: Boolean(pausedUntil) };
  return parse(draft.value, { now: serverNow(), zone: zone.value, find, ...around });
}

export const composer = () => html`<form class="composer" @submit=${submitted}>
  ${offered.value.length ? menu() : nothing}
  ${wrong.value ? html`<p class="warn" role="alert">${icon("triangle-alert")}<span>${wrong.value}</span></p>` : preview()}
  <label class="vh" for="say">Add to the timeline</label>
  <div class="composer-box">
    <textarea id="say" rows="1" placeholder="Add a note, or / for commands" maxlength="10000" autocomplete="off"
      aria-autocomplete="list" aria-controls=${offered.value.length ? "say-list" : nothing}
      aria-activedescendant=${offered.value.length ? `say-${chosen.value}` : nothing}
      .value=${live(draft.value)} @input=${changed} @keydown=${pressed} @blur=${stopTyping}></textarea>
    <button class="btn" type="submit">${icon("send")}<span>Post</span></button>
  </div>
  <p class="composer-hint"><span class="typing">${typingWords()}</span>
    <span class="cmds">${CHIPS.map((verb) => html`<button type="button" @click=${() => begin(`${verb} `)}><kbd>${verb}</kbd></button>`)}</span></p>
</form>`;

const preview = () => meaning.value?.command && meaning.value.sort !== "human"
  ? html`<p class="composer-mode"><b>${SORTS[meaning.value.command.type](meaning.value.command)}</b><span>${meaning.value.words}</span></p>`
  : nothing;

const SORTS = {
  add_timeline: ({ entryType }) => (entryType === "decision" ? "Decision" : "Earlier"),
  post_update: ({ audience }) => `Update to ${audience}`,
  add_action: () => "Fix", update_incident: () => "Severity", set_status: () => "State",
  acknowledge: () => "Acknowledge", amend_entry: () => "Pin", escalate: () => "Page",
  offer_role: () => "Handoff", pause_escalation: () => "Pause", resume_escalation: () => "Resume",
  snooze_update: () => "Snooze", raise_hypothesis: () => "Possible cause",
};

const menu = () => html`<ul class="suggest" role="listbox" id="say-list" aria-label="Commands">
  ${offered.value.map(([verb, what, means], place) => html`<li role="option" id="say-${place}" aria-selected=${place === chosen.value}
    @pointerdown=${(event) => event.preventDefault()} @click=${() => begin(`${verb} `)}>
    <span class="mono"><b>${verb}</b> <span>${what}</span></span><small>${means}</small></li>`)}
</ul>`;

/** Puts `start` into the field, before whatever is written there, and goes there. */
export function begin(start = "") {
  const rest = draft.value.replace(/^\/\S*\s?/, "");
  change(start ? `${start}${rest}` : draft.value);
  field().focus();
}

function changed(event) {
  change(event.target.value);
  typed();
}

function change(value) {
  draft.value = value;
  wrong.value = null;
  chosen.value = 0;
  dismissed.value = false;
}

function pressed(event) {
  if (event.isComposing) return;
  const act = offered.value.length ? MENU_KEYS[event.key] : undefined;
  if (act && act() !== false) event.preventDefault();
  else if (event.key === "Enter" && !event.shiftKey) submitted(event);
  else if (event.key === "Escape") field().blur();
}

const MENU_KEYS = {
  ArrowDown: () => (chosen.value = (chosen.value + 1) % offered.value.length) >= 0,
  ArrowUp: () => (chosen.value = (chosen.value + offered.value.length - 1) % offered.value.length) >= 0,
  Tab: () => complete(),
  Enter: () => offered.value[chosen.value][0] !== draft.value && complete(),
  Escape: () => (dismissed.value = true),
};

function complete() {
  begin(`${offered.value[chosen.value][0]} `);
  return true;
}

function submitted(event) {
  event.preventDefault();
  if (!draft.value.trim()) return;
  const meant = read();
  if (meant.problem) return (wrong.value = meant.problem);
  const written = draft.value;
  change("");
  stopTyping();
  end.toEnd();
  return post({ ...meant, written });
}
