// Choosing a person: type to narrow, press to choose. Who is here comes first.
// A picker that guesses has the first match chosen already, so that Enter sends the form.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { me, people, presence, roles } from "../state.js";
import { avatar } from "./names.js";
import { roleWord } from "./words.js";

const SHOWN = 40;

/**
 * {value, view(label)}: `value()` is the chosen handle, or "" while nobody is. `guess` is
 * "always", "typed" (once what is typed fits one person only) or nothing; `without` are handles to leave out.
 */
export function personPicker(chosen = "", { guess = "", without = () => [] } = {}) {
  const handle = signal(chosen);
  const wanted = signal("");
  const found = () => matching(wanted.value, without());
  const guessed = () => guess === "always" || (guess === "typed" && wanted.value.trim() !== "" && found().length === 1);
  const value = () => handle.value || (guessed() ? (found()[0]?.handle ?? "") : "");
  const pick = (own) => (handle.value = handle.value === own ? "" : own);
  return { value, view: (label) => view(label, { found: found(), value, pick, wanted, guess, handle }) };
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
  const present = new Set(presence.value.map((one) => one.handle));
  const leads = new Set(Object.values(roles.value).map(({ holder }) => holder));
  const rank = ({ handle }) => (handle === me.value.handle ? 0 : !present.has(handle) ? 3 : leads.has(handle) ? 2 : 1);
  return Object.entries(people.value)
    .map(([handle, { name }]) => ({ handle, name: name || handle }))
    .filter(({ handle, name }) => !without.includes(handle) && `${handle} ${name}`.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
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
  return presence.value.some((one) => one.handle === handle) ? "here" : "";
}
