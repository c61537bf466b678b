// Form fields of the sheets. Values are read from the form when it is sent.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { ifDefined } from "../../vendor/lit/directives/if-defined.js";
import { bars } from "./icon.js";
import { SEVERITIES } from "./words.js";

const heading = (name, label, required) =>
  html`<label for="f-${name}">${label}${required ? "" : html` <span class="optional">optional</span>`}</label>`;

export const line = (name, label, { value, required = false, focus = false, list, limit = 200, placeholder = "", onInput } = {}) =>
  html`<div class="field">
    ${heading(name, label, required)}
    <input class="input" id="f-${name}" name=${name} .value=${value ?? ""} maxlength=${limit}
      ?required=${required} ?autofocus=${focus} autocomplete="off" placeholder=${placeholder} list=${ifDefined(list && `l-${name}`)} @input=${onInput ?? nothing}>
    ${list ? html`<datalist id="l-${name}">${list.map((one) => html`<option value=${one}></option>`)}</datalist>` : nothing}
  </div>`;

export const area = (name, label, { value, required = false, focus = false, hint, onInput } = {}) =>
  html`<div class="field">
    ${heading(name, label, required)}
    <textarea class="input" id="f-${name}" name=${name} .value=${value ?? ""} maxlength="10000"
      ?required=${required} ?autofocus=${focus} @input=${onInput ?? nothing}></textarea>
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}
  </div>`;

/** `options` is [[value, label], ...]; `onPick` hears the value. */
export const segments = (name, label, options, chosen, onPick) =>
  html`<fieldset class="field">
    <legend>${label}</legend>
    <div class="segments">
      ${options.map(([value, word]) => html`<label>
        <input type="radio" name=${name} value=${value} ?checked=${value === chosen} @change=${() => onPick?.(value)}>${word}
      </label>`)}
    </div>
  </fieldset>`;

/** `options` is [{value, word, means}]; `onPick` hears the value. */
export const choices = (name, label, options, chosen, onPick) =>
  html`<fieldset class="field">
    <legend>${label}</legend>
    <div class="choices">
      ${options.map(({ value, word, means }) => html`<label class="choice">
        <input type="radio" name=${name} value=${value} required ?checked=${value === chosen}
          @change=${() => onPick?.(value)}>
        ${word}<small>${means}</small>
      </label>`)}
    </div>
  </fieldset>`;

export const severityChoices = (chosen) =>
  choices(
    "severity",
    "Severity",
    Object.entries(SEVERITIES).map(([value, [name, means]]) => ({
      value,
      word: html`<span class="badge" data-sev=${value}>${bars()}<span>SEV${value}</span></span>`,
      means: html`<b>${name}.</b> ${means}`,
    })),
    String(chosen),
  );

/** `options` is [[value, label], ...]; `onPick` hears the value. */
export const select = (name, label, options, chosen, onPick) =>
  html`<div class="field">
    ${heading(name, label, true)}
    <select class="input" id="f-${name}" name=${name} @change=${({ target }) => onPick?.(target.value)}>
      ${options.map(([value, word]) => html`<option value=${value} ?selected=${value === chosen}>${word}</option>`)}
    </select>
  </div>`;
