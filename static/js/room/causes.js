// What people think is the cause: raised, supported, ruled out. Nothing is ever forgotten.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { area, line, segments } from "./fields.js";
import { openSheet } from "./sheet.js";
import { isFinal } from "./words.js";

const VERDICTS = [["open", "Open"], ["supported", "Supported"], ["eliminated", "Ruled out"]];
const WORDS = Object.fromEntries(VERDICTS);

export const causesPanel = () => {
  const { hypotheses = [] } = incident.value;
  const sorted = [...hypotheses].sort((a, b) => (a.verdict === "eliminated") - (b.verdict === "eliminated"));
  const closed = isFinal(incident.value);
  return html`
    <header class="panel-h"><h2 id="h-causes">Possible causes</h2>
      ${closed ? nothing : html`<button class="text-btn" type="button" @click=${raise}>Add<span class="vh"> a possible cause</span></button>`}</header>
    ${sorted.length ? html`<ul class="causes">${sorted.map((one) => cause(one, closed))}</ul>` : html`<p class="quiet-line">Nothing written down yet</p>`}`;
};

const cause = (one, closed) => html`<li id=${one.id} data-verdict=${one.verdict}>
  <span class="mono">${one.id}</span><p>${one.verdict === "eliminated" ? html`<del>${one.description}</del>` : one.description}
    <span>${one.verdict === "open" ? nothing : WORDS[one.verdict].toLowerCase()}</span></p>
  ${closed ? nothing : html`<button class="text-btn" type="button" @click=${() => judge(one)}>Judge<span class="vh"> ${one.id}</span></button>`}
</li>`;

function raise() {
  openSheet({
    title: "Add a possible cause",
    label: "Add",
    size: "small",
    fields: () => area("description", "What may be the cause", { required: true, focus: true }),
    send: ({ description }) => submit({ type: "raise_hypothesis", description }),
  });
}

function judge({ id, description, verdict }) {
  openSheet({
    title: `What is known about ${id}`,
    label: "Save",
    size: "small",
    fields: () => html`<p>${description}</p> ${segments("verdict", "It is", VERDICTS, verdict)}
      ${area("reason", "Why", { focus: true })}
      ${line("cited", "Entries that show it", { placeholder: "T42 T44" })}`,
    send: ({ verdict: said, reason, cited }) =>
      submit({ type: "judge_hypothesis", hypothesis: id, verdict: said, ...(reason.trim() && { reason: reason.trim() }), ...entriesOf(cited) }),
  });
}

function entriesOf(text) {
  const entries = [...text.matchAll(/\d+/g)].map(([number]) => Number(number));
  return entries.length ? { entries } : {};
}
