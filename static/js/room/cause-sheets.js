// The sheets of the possible causes: one more, what is known about one, what an entry says about one.

import { html } from "../../vendor/lit/lit-html.js";
import { submit } from "../sending.js";
import { visibly } from "../unseen.js";
import { causes, VERDICTS } from "./causes.js";
import { area, choices, line, segments } from "./fields.js";
import { openSheet } from "./sheet.js";

export function raise() {
  openSheet({
    title: "Add a possible cause",
    label: "Add",
    size: "small",
    fields: () => area("description", "What may be the cause", { required: true, focus: true }),
    send: ({ description }) => submit({ type: "raise_hypothesis", description }),
  });
}

export function judge({ id, description, verdict }) {
  openSheet({
    title: `What is known about ${id}`,
    label: "Save",
    size: "small",
    fields: () => html`<p><bdi>${visibly(description)}</bdi></p> ${segments("verdict", "It is", Object.entries(VERDICTS), verdict)}
      ${area("reason", "Why", { focus: true })}
      ${line("speaks", "Entries that speak for it", { placeholder: "T42 T44" })}
      ${line("against", "Entries that speak against it", { placeholder: "T42 T44" })}`,
    send: ({ verdict: said, reason, speaks, against }) => {
      const [entries, contrary, why] = [numbersIn(speaks), numbersIn(against), reason.trim()];
      const tell = (told) => submit({ type: "judge_hypothesis", hypothesis: id, ...told });
      const evidence = { ...(entries.length && { entries }), ...(contrary.length && { against: contrary }) };
      const words = why && { reason: why };
      if (said === verdict && entries.length + contrary.length) return tell({ ...evidence, ...words });
      if (said !== "eliminated" || contrary.length || !entries.length) return tell({ verdict: said, ...evidence, ...words });
      return Promise.all([tell(evidence), tell({ verdict: said, ...words })]); // what speaks for it is no ground to rule it out
    },
  });
}

/** What entry `number` says about a cause. */
export function speak(number, { message, amended }) {
  const options = causes().map(({ id, description }) => ({ value: id, word: id, means: html`<bdi>${visibly(description)}</bdi>` }));
  const send = (side) => ({ hypothesis, reason }) =>
    submit({ type: "judge_hypothesis", hypothesis, [side]: [number], ...(reason.trim() && { reason: reason.trim() }) });
  openSheet({
    title: `What T${number} says about a cause`,
    label: "Speaks for it",
    size: "small",
    fields: () => html`<p class="cited"><bdi>${visibly(amended?.message ?? message)}</bdi></p>
      ${choices("hypothesis", "Which cause", options, options.length === 1 ? options[0].value : undefined)}
      ${area("reason", "Why")}`,
    send: send("entries"),
    others: [{ words: "Speaks against it", send: send("against") }],
  });
}

const numbersIn = (text) => [...new Set([...text.matchAll(/\d+/g)].map(([number]) => Number(number)))];
