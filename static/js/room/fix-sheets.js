// The sheets of the fixes: propose, abandon, start in spite of a conflict.

import { html } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { area, line, segments } from "./fields.js";
import { personPicker } from "./picker.js";
import { openSheet } from "./sheet.js";

const RISKS = [["low", "Low"], ["medium", "Medium"], ["high", "High"]];

export function propose() {
  const { affectedServices = [], affectedRegions = [] } = incident.value;
  const owner = personPicker();
  openSheet({
    title: "Propose a fix",
    label: "Propose",
    fields: () => html`
      ${area("description", "What should be done", { required: true, focus: true })}
      <div class="fields">
        ${line("target", "On", { list: affectedServices, limit: 100, placeholder: "ledger-db, db/primary" })}
        ${line("region", "In region", { list: affectedRegions, limit: 100, placeholder: "everywhere" })}
      </div>
      ${area("impact", "What it may break")} ${segments("risk", "Risk", RISKS, "medium")}
      ${owner.view("Who does it")}`,
    send: (values) => submit({ type: "add_action", ...filled({ ...values, owner: owner.value() }) }),
  });
}

export function abandon({ id, description, status }) {
  openSheet({
    title: `Abandon ${id}`,
    label: `Abandon ${id}`,
    size: "small",
    danger: true,
    cancel: "Keep it",
    fields: () => html`<p>${description}</p>
      <p class="hint">${status === "in-progress" ? "It is running. Its target is free for others afterwards." : "It has not started."}</p>`,
    send: () => submit({ type: "update_action", action: id, status: "abandoned" }),
  });
}

export function startAnyway({ id, description }) {
  openSheet({
    title: `Start ${id} anyway`,
    label: `Start ${id} anyway`,
    danger: true,
    cancel: "Not now",
    fields: () => html`<p>${description}</p>
      ${area("override", "Why it cannot wait", { required: true, focus: true, hint: "It is recorded as your decision." })}`,
    send: ({ override }) =>
      submit({ type: "update_action", action: id, status: "in-progress", override }),
  });
}

const filled = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));
