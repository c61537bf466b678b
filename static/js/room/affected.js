// Which services and regions are affected, in words.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { area } from "./fields.js";
import { openSheet } from "./sheet.js";

export const affectedPanel = () => {
  const { affectedServices: services = [], affectedRegions: regions = [] } = incident.value;
  return html`
    <header class="panel-h"><h2 id="h-scope">Affected</h2>
      <button class="text-btn" type="button" @click=${edit}>Edit<span class="vh"> affected services and regions</span></button></header>
    ${services.length ? list("Services", services, "") : nothing}
    ${regions.length ? list("Regions", regions, "region") : nothing}
    ${services.length + regions.length ? nothing : html`<p class="quiet-line">Nothing named yet</p>`}`;
};

const list = (label, names, sort) =>
  html`<ul class="words" aria-label=${label}>${names.map((name) => html`<li class=${sort}>${name}</li>`)}</ul>`;

function edit() {
  const { affectedServices: services = [], affectedRegions: regions = [] } = incident.value;
  openSheet({
    title: "Affected services and regions",
    label: "Save",
    fields: () => html`
      ${area("services", "Services", { value: services.join("\n"), focus: true, hint: "One on each line." })}
      ${area("regions", "Regions", { value: regions.join("\n"), hint: "One on each line." })}`,
    send: (values) =>
      submit({ type: "update_incident", affectedServices: lines(values.services), affectedRegions: lines(values.regions) }),
  });
}

const lines = (text) => [...new Set(text.split(/[\n,]/).map((name) => name.trim()).filter(Boolean))];
