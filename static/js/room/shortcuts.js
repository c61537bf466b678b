// The single keys of the war room, and the sheet that lists them.

import { html } from "../../vendor/lit/lit-html.js";
import { bind, keysAreOn, listen, shortcuts, switchKeys } from "../keys.js";
import { incident } from "../state.js";
import { toggleZone } from "../time.js";
import { begin } from "./composer.js";
import { propose } from "./fix-sheets.js";
import { pageSomeone } from "./ladder-sheets.js";
import { handOver, ownRoles } from "./offering.js";
import { tab } from "./place.js";
import { FILTERS } from "./rows.js";
import { openSheet } from "./sheet.js";
import { show } from "./timeline.js";
import { writeUpdate } from "./updates.js";
import { isOver } from "./words.js";
import { goToAnswer } from "./yours.js";

const FILTER_KEYS = { all: "e", people: "p", decisions: "d", changes: "c", alerts: "a", pinned: "i" };

export function bindKeys() {
  const write = (start) => () => {
    tab.value = "timeline";
    begin(start);
  };
  bind("n", "Write a note", write(""));
  bind("/", "Write a command", write("/"));
  bind("d", "Record a decision", write("/decide "));
  bind("x", "Propose a fix", propose);
  bind("u", "Write an update", () => writeUpdate());
  bind("h", "Hand a role over", () => handOver(ownRoles().length === 1 ? ownRoles()[0] : undefined));
  bind("p", "Page someone", () => isOver(incident.value) || pageSomeone());
  bind("a", "Go to what waits for your answer", goToAnswer);
  bind("t", "Change the theme", () => document.querySelector("[data-theme-next]").click());
  bind("z", "Times in UTC or in your zone", toggleZone);
  for (const [filter, [word]] of Object.entries(FILTERS))
    bind(`f ${FILTER_KEYS[filter]}`, `Show ${word.toLowerCase()}`, () => show(filter));
  bind("?", "This list", help);
  listen();
}

export function help() {
  openSheet({
    title: "Keys",
    size: "small",
    close: true,
    fields: () => html`<dl class="keys">${shortcuts().map(([keys, words]) => html`<div>
        <dt>${keys.split(" ").map((key) => html`<kbd>${key}</kbd> `)}</dt><dd>${words}</dd></div>`)}</dl>
      <label class="check"><input type="checkbox" ?checked=${keysAreOn()}
        @change=${(event) => switchKeys(event.target.checked)}>Single keys work as shortcuts</label>`,
  });
}
