// Choosing a person: type to narrow, press to choose. Who is here comes first, then who is on call.
// A picker that guesses has the first of those chosen already, so that Enter sends the form; of others
// nobody is meant before a letter was typed.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { me, people, presence, roles } from "../state.js";
import { avatar } from "./names.js";
import { askWhoIsOnCall, onCall } from "./on-call.js";
import { roleWord } from "./words.js";

const SHOWN = 40;
const LAST = "admin"; // the account of the first token, which nobody answers to

/**
 * {value, view(label)}: `value()` is the chosen handle, or "" while nobody is. `guess` is
 * "always" (who is likely, or the first that fits what is typed), "typed" (once what is typed fits one person only) or nothing; `without` are handles to leave out.
 */
export function personPicker(chosen = "", { guess = "", without = () => [] } = {}) {
  askWhoIsOnCall();
  const handle = signal(chosen);
  const wanted = signal("");
  const found = () => matching(wanted.value, without());
  const guessed = ([first, second]) => first && (wanted.value.trim() === ""
    ? guess === "always" && rankOf(first) < STRANGER
    : guess === "always" || (guess === "typed" && !second));
  const value = () => handle.value || (guessed(found()) ? found()[0].handle : "");
  const pick = (own) => (handle.value = handle.value === own ? "" : own);
  return { value, view: (label) => view(label, { found: found(), value, pick, wanted, guess, handle }) };
}

const STRANGER = 4;

function rankOf({ handle }) {
  if (handle === me.value.handle) return 0;
  const leads = Object.values(roles.value).some((role) => role?.holder === handle);
  if (presence.value.some((one) => one.handle === handle)) return leads ? 2 : 1;
  return onCall.value?.[handle] ? 3 : handle === LAST ? STRANGER + 1 : STRANGER;
}

function view(label, { found, value, pick, wanted, guess, handle }) {
  const typed = (event) => {
    wanted.value = event.target.value;
    if (guess) handle.value = "";
  };
  return html`<div class="field picker">
    <label for="f-person">${label}</label>
    <input class="input" id="f-person" autocomplete="off" placeholder="Name or handle" ?autofocus=${Boolean(guess)}
      @input=${typed} @keydown=${(event) => !guess && chooseFirst(event, found, pick)}>
    <ul aria-label=${label}>
      ${found.slice(0, SHOWN).map((one) => html`<li>${row(one, value, pick)}</li>`)}
    </ul>
    ${found.length === 0 ? html`<p class="hint">Nobody is called that. An admin can add people.</p>` : nothing}
  </div>`;
}

const row = ({ handle: own, name }, value, pick) =>
  html`<button type="button" aria-pressed=${value() === own} @click=${() => pick(own)}>
    ${avatar(own)}<span><b>${name}</b><small>${own}</small></span><em>${standing(own)}</em>
  </button>`;

function matching(text, without) {
  const wanted = text.trim().toLowerCase();
  return Object.entries(people.value)
    .map(([handle, { name }]) => ({ handle, name: name || handle }))
    .filter(({ handle, name }) => !without.includes(handle) && `${handle} ${name}`.toLowerCase().includes(wanted))
    .sort((a, b) => rankOf(a) - rankOf(b) || a.name.localeCompare(b.name));
}

/** Enter chooses the first match instead of sending the form. */
function chooseFirst(event, [first], pick) {
  if (event.key !== "Enter" || event.isComposing || !event.target.value.trim()) return;
  event.preventDefault();
  if (first) pick(first.handle);
}

function standing(handle) {
  const held = Object.keys(roles.value).filter((role) => roles.value[role]?.holder === handle);
  if (held.length) return held.map(roleWord).join(", ");
  if (handle === me.value.handle) return "you";
  return presence.value.some((one) => one.handle === handle) ? "here" : onCall.value?.[handle] ? "on call" : "";
}
