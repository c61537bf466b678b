// The sheets of the ladder: climb it by hand, page somebody by name, put it off.

import { html } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { incident, me } from "../state.js";
import { line, segments } from "./fields.js";
import { nameOf } from "./names.js";
import { personPicker } from "./picker.js";
import { openSheet } from "./sheet.js";

const PAUSES = [["PT15M", "15 min"], ["PT30M", "30 min"], ["PT60M", "60 min"]];

export function pause() {
  openSheet({
    title: `Pause paging for ${incident.value.id}`,
    label: "Pause",
    size: "small",
    fields: () => html`${segments("for", "For", PAUSES, "PT15M")}
      ${line("reason", "Why", { focus: true, limit: 1_000, placeholder: "Everybody sees it" })}
      <p class="hint">The clocks stand still. Whoever was paged can still acknowledge.</p>`,
    send: ({ for: length, reason }) => submit({ type: "pause_escalation", for: length, ...told(reason) }),
  });
}

export function pageNext() {
  const { level, levels } = incident.value.escalation;
  const next = level < levels ? `level ${level + 1}` : "the next level";
  openSheet({
    title: `Page ${next} now`,
    label: `Page ${next}`,
    size: "small",
    fields: () => html`${line("reason", "Why", { focus: true, limit: 1_000, placeholder: "What they read first" })}
      <p class="hint">Whoever is on call there is paged at once; the clocks count from now.</p>`,
    send: ({ reason }) => submit({ type: "escalate", ...told(reason) }),
  });
}

export function pageSomeone() {
  const person = personPicker("", { guess: "typed", without: () => [me.value.handle] });
  openSheet({
    title: "Page someone",
    label: () => (person.value() ? `Page ${nameOf(person.value())}` : "Page"),
    fields: () => html`${person.view("Who")}
      ${line("reason", "Why", { limit: 1_000, placeholder: "What they read first" })}
      <p class="hint">They are paged at once. The ladder goes on as it is.</p>`,
    send: ({ reason }) => person.value()
      ? submit({ type: "escalate", people: [person.value()], ...told(reason) })
      : Promise.reject({ detail: "Choose somebody first." }),
  });
}

const told = (reason) => (reason?.trim() ? { reason: reason.trim() } : {});
