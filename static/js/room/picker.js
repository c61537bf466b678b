// Choosing a person: type to narrow, press to choose. Who is here comes first.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { me, people, presence, roles } from "../state.js";
import { avatar } from "./names.js";
import { ROLES } from "./words.js";

const SHOWN = 40;

/** {value, view(label)}: `value()` is the chosen handle, or "" while nobody is. */
export function personPicker(chosen = "") {
  const handle = signal(chosen);
  const wanted = signal("");
  return { value: () => handle.value, view: (label) => view(label, handle, wanted) };
}

function view(label, handle, wanted) {
  const found = matching(wanted.value);
  return html`<div class="field picker">
    <label for="f-person">${label}</label>
    <input class="input" id="f-person" autocomplete="off" placeholder="Name or handle"
      @input=${(event) => (wanted.value = event.target.value)}
      @keydown=${(event) => chooseFirst(event, found, handle)}>
    <ul aria-label=${label}>
      ${found.slice(0, SHOWN).map((one) => html`<li>${row(one, handle)}</li>`)}
    </ul>
    ${found.length === 0 ? html`<p class="hint">Nobody is called that. An admin can add people.</p>` : nothing}
  </div>`;
}

const row = ({ handle: own, name }, handle) =>
  html`<button type="button" aria-pressed=${handle.value === own}
    @click=${() => (handle.value = handle.value === own ? "" : own)}>
    ${avatar(own)}<span><b>${name}</b><small>${own}</small></span><em>${standing(own)}</em>
  </button>`;

function matching(text) {
  const wanted = text.trim().toLowerCase();
  const present = new Set(presence.value.map((one) => one.handle));
  const rank = ({ handle }) => (handle === me.value.handle ? 0 : present.has(handle) ? 1 : 2);
  return Object.entries(people.value)
    .map(([handle, { name }]) => ({ handle, name: name || handle }))
    .filter(({ handle, name }) => `${handle} ${name}`.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** Enter chooses the first match instead of sending the form. */
function chooseFirst(event, [first], handle) {
  if (event.key !== "Enter" || event.isComposing || !event.target.value.trim()) return;
  event.preventDefault();
  if (first) handle.value = first.handle;
}

function standing(handle) {
  const held = Object.keys(ROLES).filter((role) => roles.value[role]?.holder === handle);
  if (held.length) return held.map((role) => ROLES[role]).join(", ");
  if (handle === me.value.handle) return "you";
  return presence.value.some((one) => one.handle === handle) ? "here" : "";
}
