// How the affected services do, region by region, in words; a press on a word says another one.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { offer } from "../offers.js";
import { submit } from "../sending.js";
import { incident, mayAct } from "../state.js";
import { visibly } from "../unseen.js";
import { tab } from "./place.js";
import { problem } from "./problem.js";
import { nameAffected } from "./sheets.js";
import { isOver } from "./words.js";

const EVERYWHERE = "*"; // where no region is named
const MEANS = { down: "Not usable", slow: "Usable, but slow or failing for some", ok: "As it should be" };

const meant = signal(null); // the service and region that the menu is about
const refusal = signal(null);

export const affectedPanel = () => {
  const { affectedServices: services = [], affectedRegions: regions = [] } = incident.value;
  return html`
    <header class="panel-h"><h2 id="h-scope">Affected</h2>
      <button class="text-btn" type="button" @click=${nameAffected}>Edit<span class="vh"> affected services and regions</span></button></header>
    ${refusal.value ? problem(refusal.value) : nothing}
    ${services.length ? grid(services, regions.length ? regions : [EVERYWHERE]) : nothing}
    ${!services.length && regions.length ? list(regions) : nothing}
    ${services.length + regions.length ? nothing : html`<p class="quiet-line">Nothing named yet</p>`}`;
};

const list = (names) =>
  html`<ul class="words" aria-label="Regions">${names.map((name) => html`<li class="region"><bdi>${visibly(name)}</bdi></li>`)}</ul>`;

const grid = (services, regions) => html`
  <div class="matrix-box" tabindex=${mayAct.value ? nothing : "0"} role="group" aria-label="Health of services by region">
    <table class="matrix">
      <thead><tr><th scope="col"><span class="vh">Service</span></th>${regions.map(column)}</tr></thead>
      <tbody>${services.map((service) => html`<tr><th scope="row" title=${visibly(service)}><bdi>${visibly(service)}</bdi></th>
        ${regions.map((region) => cell(service, region))}</tr>`)}</tbody>
    </table>
  </div>
  ${mayAct.value && !isOver(incident.value) && !Object.keys(incident.value.health ?? {}).length
    ? html`<p class="quiet-line">Press a word to say what is slow or down.</p>`
    : nothing}
  ${menu()}`;

const column = (region) =>
  html`<th scope="col" title=${region === EVERYWHERE ? nothing : visibly(region)}>${region === EVERYWHERE ? "Everywhere" : html`<bdi>${visibly(region)}</bdi>`}</th>`;

const wordOf = (service, region) => (Object.hasOwn(incident.value.health ?? {}, service) && incident.value.health[service][region]) || "ok";

function cell(service, region) {
  const word = wordOf(service, region);
  if (!mayAct.value) return html`<td data-h=${word}>${word}</td>`;
  return html`<td data-h=${word}><button type="button" popovertarget="say-health" @click=${() => (meant.value = { service, region })}>
    <span class="vh">${place(service, region)} is </span>${word}</button></td>`;
}

const place = (service, region) => visibly(region === EVERYWHERE ? service : `${service} in ${region}`);

function menu() {
  const { service, region } = meant.value ?? {};
  const now = service && wordOf(service, region);
  return html`<div class="menu" id="say-health" popover data-side="start" aria-label="How it does">
    <p class="menu-h">${service ? html`<bdi>${place(service, region)}</bdi> is` : nothing}</p>
    ${Object.entries(MEANS).map(([word, means]) => html`
      <button type="button" aria-current=${word === now ? "true" : "false"} @click=${say(word)}>
        <b class="health-word" data-h=${word}>${word}</b><small>${means}</small></button>`)}
  </div>`;
}

const say = (word) => (event) => {
  event.currentTarget.closest("[popover]").hidePopover();
  const { service, region } = meant.value;
  refusal.value = null;
  submit({ type: "update_incident", health: { [service]: { [region]: word } } }).catch((why) => (refusal.value = why));
};

function goToWords() {
  const first = () => document.querySelector("#scope .matrix button");
  if (!first()) return nameAffected();
  tab.value = "people";
  return first().focus();
}

offer({ id: "health", words: "Say which service is slow or down", group: "This incident", may: () => mayAct.value, does: goToWords });
