// The list over the composer from which a word is taken: arrows choose, Tab or Enter takes, Esc closes.
// Enter never takes what nobody chose: where anything may be said, it posts.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { visibly } from "../unseen.js";
import { completions, taken } from "./complete.js";
import { sources } from "./complete-sources.js";
import { draft } from "./draft.js";

/** Where the caret stands in the composer; at the end of what a program put there. */
export const caret = signal(0);
const moved = signal(null); // the option that somebody went to, of the list that begins at `from`
const closedAt = signal(null); // `from` of the list that was closed
const focused = signal(false);

const list = computed(() => (focused.value ? completions(draft.value, caret.value, sources) : null));
const shown = computed(() => (list.value && closedAt.value !== list.value.from ? list.value : null));
const chosen = computed(() => {
  if (!shown.value) return -1;
  const { options, closed, from } = shown.value;
  return moved.value?.from === from ? Math.min(moved.value.place, options.length - 1) : closed ? 0 : -1;
});

/** What the field says of its list to those who hear it. */
export const listedBy = () => ({
  controls: shown.value ? "say-list" : nothing,
  active: chosen.value >= 0 ? `say-${chosen.value}` : nothing,
});

export const menu = () => html`${shown.value ? html`<ul class="suggest" role="listbox" id="say-list" tabindex="0" data-kind=${shown.value.kind} aria-label="To go on with"
    @pointerdown=${(event) => event.preventDefault()}>
  ${shown.value.options.map(row)}</ul>` : nothing}
  <span class="vh" role="status">${shown.value ? counted(shown.value.options.length) : ""}</span>`;

const counted = (number) => (number === 1 ? "1 suggestion" : `${number} suggestions`);

const row = (option, place) => html`<li role="option" id="say-${place}" aria-selected=${place === chosen.value}
  @click=${(event) => take(option, event.target.closest("form").querySelector("textarea"))}>
  <span class="mono"><b>${visibly(option.insert)}</b></span><span class="what"><bdi>${visibly(option.what)}</bdi></span><small><bdi>${option.means}</bdi></small></li>`;

/** Another word, or another line: what was chosen or closed before no longer counts. */
export function typedAt(position) {
  caret.value = position;
  if (moved.value && moved.value.from !== list.value?.from) moved.value = null;
  if (closedAt.value !== list.value?.from) closedAt.value = null;
  else moved.value = null;
}

export const focusIs = (has) => (focused.value = has);

/** Whether `event` was meant for the list. */
export function pressedInMenu(event) {
  if (!shown.value || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
  const done = KEYS[event.key]?.(event.target) ?? false;
  if (done) event.preventDefault();
  return done;
}

/** As if `keys` were pressed now: what somebody pressed before the list was there. */
export function pressAgain(keys, field) {
  for (const key of keys) {
    if (key.length > 1) field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    else {
      field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }
}

const KEYS = {
  ArrowDown: () => goTo(chosen.value + 1),
  ArrowUp: () => goTo(chosen.value < 0 ? -1 : chosen.value - 1),
  Tab: (field) => take(shown.value.options[Math.max(0, chosen.value)], field),
  Enter: (field) => chosen.value >= 0 && !isSaid() && take(shown.value.options[chosen.value], field),
  Escape: () => {
    closedAt.value = shown.value.from;
    return true;
  },
};

function goTo(place) {
  const { options, from } = shown.value;
  moved.value = { from, place: (place + options.length) % options.length };
  document.getElementById(`say-${chosen.value}`)?.scrollIntoView({ block: "nearest" });
  return true;
}

/** Whether what is chosen stands in the line already. */
function isSaid() {
  const { from, to, options } = shown.value;
  return draft.value.slice(from, to).toLowerCase() === options[chosen.value].insert.toLowerCase();
}

function take({ insert }, field) {
  const line = taken(draft.value, shown.value, insert);
  moved.value = null;
  draft.value = line.text;
  caret.value = line.caret;
  field.focus();
  field.setSelectionRange(line.caret, line.caret);
  return true;
}
