// The sheets of the fixes: propose, edit, hand on, end, start in spite of a conflict.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { visibly } from "../unseen.js";
import { area, line, segments } from "./fields.js";
import { inTheWay, inWords } from "./fix-conflicts.js";
import { icon } from "./icon.js";
import { durationOf } from "./meaning.js";
import { nameOf } from "./names.js";
import { personPicker } from "./picker.js";
import { openSheet } from "./sheet.js";

const RISKS = [["low", "Low"], ["medium", "Medium"], ["high", "High"]];
const ESTIMATES = ["5m", "10m", "30m", "1h", "2h"];

export function propose() {
  const { affectedServices = [], affectedRegions = [] } = incident.value;
  const owner = personPicker();
  const place = signal({ target: "", region: "" });
  const held = computed(() => inTheWay(place.value));
  const told = (name) => ({ target }) => (place.value = { ...place.value, [name]: target.value.trim() });
  openSheet({
    title: "Propose a fix",
    label: "Propose",
    fields: () => html`
      ${area("description", "What should be done", { required: true, focus: true })}
      <div class="fields">
        ${line("target", "On", { list: affectedServices, limit: 100, placeholder: "ledger-db, db/primary", onInput: told("target") })}
        ${line("region", "In region", { list: affectedRegions, limit: 100, placeholder: "everywhere", onInput: told("region") })}
      </div>
      ${held.value.length ? html`<div class="warn" role="status">${icon("triangle-alert")}<span>${inWords(held.value[0])} This one can run after it.</span></div>` : nothing}
      ${area("impact", "What it may break")}
      <div class="fields">${segments("risk", "Risk", RISKS, "medium")} ${estimateLine()}</div>
      ${owner.view("Who does it")}`,
    send: async ({ estimate, ...values }) =>
      submit({ type: "add_action", ...filled({ ...values, owner: owner.value() }), ...estimated(estimate) }),
  });
}

const estimateLine = (estimate) => line("estimate", "How long it takes", { value: shortly(estimate), list: ESTIMATES, limit: 12, placeholder: "10m, 1h30m" });

/** 1h30m for PT1H30M. */
const shortly = (estimate) => (estimate ?? "").replace(/[PT]/g, "").replace(/\d+S$/, "").toLowerCase();

/** The field of an estimate as people write it; what is no length of time is said in the sheet. */
function estimated(text) {
  const written = text.trim();
  if (!written) return {};
  const estimate = durationOf(/^\d+$/.test(written) ? `${written}m` : written.replace(/\s+/g, ""));
  if (!estimate) throw { detail: `“${written}” is no length of time. Write 10m, or 1h30m.` };
  return { estimate };
}

/** What it does, what it may break, how long it takes. An approval holds for the words it was given on. */
export function describe({ id, description, impact, estimate, approvedBy, status }) {
  openSheet({
    title: `Edit ${id}`,
    label: "Save",
    fields: () => html`
      ${area("description", "What should be done", { value: description, required: true, focus: true })}
      ${area("impact", "What it may break", { value: impact })} ${estimateLine(estimate)}
      ${approvedBy && status === "proposed" ? html`<p class="hint">${nameOf(approvedBy)} approved these words. Other words need approval again.</p>` : nothing}`,
    send: async ({ estimate: text, ...values }) => submit({ type: "update_action", action: id, ...values, ...estimated(text) }),
  });
}

export function reassign({ id, description, owner }) {
  const person = personPicker("", { guess: "typed", without: () => [owner].filter(Boolean) });
  openSheet({
    title: `Hand ${id} to somebody`,
    label: () => (person.value() ? `Hand ${id} to ${nameOf(person.value())}` : `Hand ${id} on`),
    fields: () => html`<p><bdi>${visibly(description)}</bdi></p>${owner ? html`<p class="hint">${nameOf(owner)} has it now.</p>` : nothing} ${person.view("Who does it")}`,
    send: async () => {
      if (!person.value()) throw { detail: "Choose somebody first." };
      return submit({ type: "update_action", action: id, owner: person.value() });
    },
  });
}

export function finish({ id, description }) {
  openSheet({
    title: `${id} is done`,
    label: `${id} is done`,
    size: "small",
    cancel: "Not yet",
    fields: () => html`<p><bdi>${visibly(description)}</bdi></p>
      ${area("reason", "How it turned out", { focus: true, hint: "For instance: verified, error rate is back to normal." })}`,
    send: (values) => end(id, "completed", values),
  });
}

const OUTCOMES = [["Failed", "Failed"], ["Rolled back", "Rolled back"], ["Not needed", "Not needed"]];

export function abandon({ id, description, status }) {
  const running = status === "in-progress";
  openSheet({
    title: `Abandon ${id}`,
    label: `Abandon ${id}`,
    size: "small",
    danger: true,
    cancel: "Keep it",
    fields: () => html`<p><bdi>${visibly(description)}</bdi></p>
      ${running ? segments("outcome", "What became of it", OUTCOMES, "Failed") : nothing}
      ${area("reason", "Why", { focus: true })}
      <p class="hint">${running ? "Its target is free for others afterwards." : "It has not started."}</p>`,
    send: ({ outcome, reason }) => end(id, "abandoned", { reason: [outcome, reason.trim()].filter(Boolean).join(": ") }),
  });
}

const end = (id, status, { reason }) =>
  submit({ type: "update_action", action: id, status, ...(reason.trim() && { reason: reason.trim() }) });

export function startAnyway({ id, description, target, region }) {
  const others = inTheWay({ id, target, region });
  openSheet({
    title: `Start ${id} anyway`,
    label: `Start ${id} anyway`,
    danger: true,
    cancel: "Not now",
    fields: () => html`<p><bdi>${visibly(description)}</bdi></p>
      ${others.map((hold) => html`<p class="warn">${icon("triangle-alert")}<span>${inWords(hold)}</span></p>`)}
      ${area("override", "Why it cannot wait", { required: true, focus: true, hint: "Starting over a conflict needs a reason. It is recorded as your decision." })}`,
    send: ({ override }) => submit({ type: "update_action", action: id, status: "in-progress", override }),
  });
}

const filled = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ""));
