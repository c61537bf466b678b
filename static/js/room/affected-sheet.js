// The sheet in which the affected services and regions are named.

import { html } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { area } from "./fields.js";
import { openSheet } from "./sheet.js";

export function nameAffected() {
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
