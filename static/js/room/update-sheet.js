// Writing an update: what they see, what is done, when they hear again; as it will read, beside the
// last one. What is written is kept for each audience until it was sent, whatever closes the sheet.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { incident } from "../state.js";
import { bothZones, lengthOf, minuteOfDay, now, serverNow, span } from "../time.js";
import { visibly } from "../unseen.js";
import { fetched } from "./fetching.js";
import { area, segments } from "./fields.js";
import { openSheet } from "./sheet.js";
import { difference } from "./update-diff.js";
import { answersIn, draftOf, forgetDraft, keepDraft, messageOf } from "./update-draft.js";
import { AUDIENCES, isOver } from "./words.js";

const PROMISES = ["PT15M", "PT30M", "PT1H"];
const NONE = ""; // no promise
const LOOKED_AT = 200; // entries about communication, from the newest

export function writeTo(first) {
  const { id } = incident.value;
  const audience = signal(first);
  const draft = signal(draftOf(id, first));
  const sent = signal(null); // audience -> its last update, once they are known
  const last = computed(() => sent.value?.[audience.value] ?? null);
  const next = computed(() => (isOver(incident.value) ? NONE : (draft.value.next ?? cadenceOf(audience.value))));
  const message = computed(() => (draft.value.see || draft.value.doing ? messageOf(draft.value, next.value, now.value) : ""));

  const write = (change) => keepDraft(id, audience.value, (draft.value = { ...draft.value, ...change }));
  const turnTo = (other) => ([audience.value, draft.value] = [other, draftOf(id, other)]);

  lastUpdates(id).then((told) => (sent.value = told), () => (sent.value = {}));
  openSheet({
    title: `Write an update on ${id}`,
    label: "Post update",
    size: "wide",
    drafts: true,
    fields: () => html`<div class="update">
      <div>
        ${segments("audience", "To", Object.entries(AUDIENCES), first, turnTo)}
        ${startFrom(last.value, draft.value, write)} ${elsewhere(id, audience.value, draft.value, write)}
        ${area("see", "What customers see", { value: draft.value.see, required: true, focus: true, onInput: ({ target }) => write({ see: target.value }) })}
        ${area("doing", "What we are doing", { value: draft.value.doing, onInput: ({ target }) => write({ doing: target.value }) })}
        ${isOver(incident.value) ? nothing : promise(next.value, (chosen) => write({ next: chosen }))}
      </div>
      <div class="reads" aria-live="off">${preview(audience.value, message.value)} ${changed(last.value, sent.value, message.value)}</div>
    </div>`,
    send: () => post(id, audience.value, draft.value, next.value),
  });
}

async function post(id, audience, draft, next) {
  const message = messageOf(draft, next, serverNow());
  const answer = await submit({ type: "post_update", audience, message, ...(next && { nextUpdateIn: next }) });
  forgetDraft(id, audience);
  return answer;
}

/** What the severity promises to that audience; half an hour where it promises nothing. */
const cadenceOf = (audience) => {
  const every = incident.value.policy?.updateEvery?.[audience];
  return PROMISES.find((one) => lengthOf(one) === lengthOf(every)) ?? every ?? "PT30M";
};

function promise(chosen, onPick) {
  const lengths = [...new Set([...PROMISES, ...(chosen ? [chosen] : [])])].sort((a, b) => lengthOf(a) - lengthOf(b));
  const at = (length) => minuteOfDay(new Date(now.value + lengthOf(length)).toISOString());
  const options = lengths.map((length) => [length, html`${span(lengthOf(length)).replace(" h 0 m", " h")}<span class="vh">, at</span> <small>${at(length)}</small>`]);
  return segments("nextUpdateIn", "Next update by", [...options, [NONE, "No promise"]], chosen, onPick);
}

const preview = (audience, message) => html`<h3>${AUDIENCES[audience]} will read</h3>
  ${message ? html`<p class="letter"><bdi>${visibly(message)}</bdi></p>` : html`<p class="quiet-line">Nothing yet</p>`}`;

function changed(last, sent, message) {
  if (!sent) return html`<p class="quiet-line">Looking for the last update</p>`;
  if (!last) return html`<p class="quiet-line">They have heard nothing yet.</p>`;
  if (!message) return html`<h3>The last one, <time title=${bothZones(last.timestamp)}>${minuteOfDay(last.timestamp)}</time></h3><p class="letter"><bdi>${visibly(last.words)}</bdi></p>`;
  return html`<h3>Since the last one, <time title=${bothZones(last.timestamp)}>${minuteOfDay(last.timestamp)}</time></h3>
    <p class="letter diff"><bdi>${difference(visibly(last.words), visibly(message)).map(part)}</bdi></p>`;
}

/** Whoever cannot see the colours hears what was added and what went. */
const part = ({ kind, text }) => ({
  same: () => text,
  ins: () => html`<ins><span class="vh">added: </span>${text}<span class="vh">, end of what was added. </span></ins>`,
  del: () => html`<del><span class="vh">removed: </span>${text.replace(/\s*\n\s*/g, " ")}<span class="vh">, end of what was removed. </span></del>`,
})[kind]();

const startFrom = (last, draft, write) => (last && !draft.see && !draft.doing
  ? html`<p><button class="text-btn" type="button" @click=${() => write(answersIn(last.words))}>Begin with the last update</button></p>`
  : nothing);

/** Words for one audience never become those of another by themselves: they are offered. */
function elsewhere(id, audience, draft, write) {
  if (draft.see || draft.doing) return nothing;
  const others = Object.keys(AUDIENCES).filter((one) => one !== audience).map((one) => [one, draftOf(id, one)]);
  return others.filter(([, { see, doing }]) => see || doing).map(([one, { see, doing }]) => html`<p>
    <button class="text-btn" type="button" @click=${() => write({ see, doing })}>Begin with the draft for ${AUDIENCES[one].toLowerCase()}</button></p>`);
}

/** {audience: {words, timestamp}} of the newest update of each. */
async function lastUpdates(id) {
  const query = new URLSearchParams({ type: "communication", before: incident.value.seq + 1, limit: LOOKED_AT });
  const told = await (await fetched(`/api/incidents/${encodeURIComponent(id)}/timeline?${query}`)).json();
  const posted = told.filter(({ kind, redacted }) => kind === "update_posted" && !redacted);
  return Object.fromEntries(posted.map(({ data, message, amended, timestamp }) => [data.audience, { words: amended?.message ?? message, timestamp }]));
}
