// The sheet that puts an update off: for how long, and why.

import { html } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { line, segments } from "./fields.js";
import { openSheet } from "./sheet.js";
import { AUDIENCES } from "./words.js";

const SNOOZES = [["PT15M", "15 min"], ["PT30M", "30 min"], ["PT60M", "60 min"]];

export function snooze(audience) {
  const word = AUDIENCES[audience].toLowerCase();
  openSheet({
    title: `Snooze the update to ${word}`,
    label: "Snooze",
    size: "small",
    fields: () => html`${segments("for", "It is due in", SNOOZES, "PT15M")}
      ${line("reason", "Why", { focus: true, limit: 1_000, placeholder: "Everybody sees it" })}`,
    send: ({ for: length, reason }) =>
      submit({ type: "snooze_update", audience, for: length, ...(reason.trim() && { reason: reason.trim() }) }),
  });
}
