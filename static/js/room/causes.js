// What people think is the cause: raised, supported, ruled out, and the entries that speak for or
// against it. Nothing is ever forgotten.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { offer } from "../offers.js";
import { entries, incident, mayAct } from "../state.js";
import { visibly } from "../unseen.js";
import { icon } from "./icon.js";
import { tab } from "./place.js";
import { judge, raise, speak } from "./sheets.js";
import { isFinal } from "./words.js";

export const VERDICTS = { open: "Open", supported: "Supported", eliminated: "Ruled out" };
const FIRST_WORDS = 80; // characters of an entry that the hint on its chip shows

/** Those that are ruled out come last. */
export const causes = () =>
  [...(incident.value.hypotheses ?? [])].sort((a, b) => (a.verdict === "eliminated") - (b.verdict === "eliminated"));

export const causesPanel = () => {
  const closed = isFinal(incident.value);
  return html`
    <header class="panel-h"><h2 id="h-causes">Possible causes</h2>
      ${closed ? nothing : html`<button class="text-btn" type="button" @click=${raise}>Add<span class="vh"> a possible cause</span></button>`}</header>
    ${causes().length ? html`<ul class="causes">${causes().map((one) => cause(one, closed))}</ul>` : html`<p class="quiet-line">Nothing written down yet</p>`}`;
};

const cause = (one, closed) => html`<li id=${one.id} data-verdict=${one.verdict}>
  <span class="mono">${one.id}</span><p>${one.verdict === "eliminated" ? html`<del><bdi>${visibly(one.description)}</bdi></del>` : html`<bdi>${visibly(one.description)}</bdi>`}
    <span>${one.verdict === "open" ? nothing : VERDICTS[one.verdict].toLowerCase()}${one.reason ? html`: <bdi>${visibly(one.reason)}</bdi>` : nothing}</span></p>
  ${closed ? nothing : html`<button class="text-btn" type="button" @click=${() => judge(one)}>Judge<span class="vh"> ${one.id}</span></button>`}
  ${one.for?.length || one.against?.length ? html`<p class="evidence">${side("for", one.for)}${side("against", one.against)}</p>` : nothing}
</li>`;

const side = (word, numbers = []) => (numbers.length
  ? html`<span class="side" data-side=${word}>${word} ${numbers.map(chip)}</span>`
  : nothing);

/** A press shows the entry, on a phone too, where the log is behind another tab. */
const chip = (number) =>
  html`<a class="cite" href="#T${number}" @pointerenter=${hint(number)} @click=${() => (tab.value = "timeline")}>T${number}</a>`;

/** What the entry says, looked up when somebody points at it: the panel does not follow the log. */
const hint = (number) => ({ currentTarget }) => {
  const entry = entries.peek().byNumber(number);
  currentTarget.title = entry && !entry.redacted ? (entry.amended?.message ?? entry.message).slice(0, FIRST_WORDS) : "";
};

/** Whether there is a cause that an entry could speak for. */
const mayCite = computed(() => mayAct.value && !isFinal(incident.value) && causes().length > 0);

/** What an entry says about a cause, beside its other tools. */
export const evidenceTool = ({ number, redacted, ...said }) => (redacted || !mayCite.value
  ? nothing
  : html`<button class="icon-btn" type="button" aria-label="T${number} speaks for or against a cause" title="T${number} speaks for or against a cause"
      @click=${() => speak(number, said)}>${icon("circle-help")}</button>`);

offer({ id: "cause", words: "Add a possible cause", group: "This incident", may: () => mayAct.value && !isFinal(incident.value), does: raise });
