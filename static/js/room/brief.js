// The brief for whoever takes a role: made by the server from the log, asked for when it is shown
// and again when something happened since.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { incident, room } from "../state.js";
import { bothZones, clock, clockNow, minuteOfDay, span } from "../time.js";
import { visibly } from "../unseen.js";
import { fetched } from "./fetching.js";
import { isPerson, nameOf } from "./names.js";
import { ticking } from "./panel.js";
import { marked } from "./sentence.js";
import { AUDIENCES, saying, stateWord } from "./words.js";

const AGAIN = 5_000; // ms between two questions about one role

const briefs = signal(new Map()); // role -> {brief, problem, offeredAt, seq, askedAt}

export function briefOf(role, offer) {
  const known = briefs.value.get(role);
  const isOld = known?.offeredAt !== offer.at;
  if (isOld || room.value.seq > known.seq) setTimeout(() => ask(role, offer), isOld ? 0 : Math.max(0, known.askedAt + AGAIN - Date.now()));
  if (known?.brief && known.offeredAt === offer.at) return drawn(known.brief);
  return html`<p class="quiet-line brief-wait">${known?.problem ? `The brief cannot be had now. ${saying(known.problem)}` : "Reading the log"}</p>`;
}

async function ask(role, offer) {
  const seq = room.peek().seq;
  const before = briefs.peek().get(role);
  if (before?.offeredAt === offer.at && before.seq === seq) return;
  const keep = (found) => (briefs.value = new Map(briefs.peek()).set(role, { offeredAt: offer.at, seq, askedAt: Date.now(), ...found }));
  keep({ brief: before?.offeredAt === offer.at ? before.brief : null });
  const path = `/api/incidents/${encodeURIComponent(incident.peek().id)}/roles/${encodeURIComponent(role)}/brief`;
  try {
    keep({ brief: await (await fetched(path)).json() });
  } catch (problem) {
    keep({ problem });
  }
}

const drawn = (brief) => html`<dl class="brief">
  ${part("Now", now_(brief))} ${part("Decisions of the last 30 min", listed(brief.decisions, said, "None"))}
  ${part("Fixes", fixes(brief))} ${part("Causes", causes(brief.hypotheses))}
  ${part("Promises", promises(brief))}
</dl>`;

const part = (word, view) => html`<div><dt>${word}</dt><dd>${view}</dd></div>`;
const listed = (list, view, none) => (list?.length ? html`<ul>${list.map((one) => html`<li>${view(one)}</li>`)}</ul>` : none);

const now_ = ({ severity, since, holder, escalation, ...brief }) => html`
  <p><b>SEV${severity} ${stateWord(brief)}</b>, impact for ${ticking(() => span(clockNow.value - Date.parse(since)))}</p>
  <p>${holder ? `${nameOf(holder)} holds the role. ` : "Nobody holds the role. "}${named(escalation)}</p>`;

/** A sentence of the server with names for the handles in it. */
const named = (sentence = "") => sentence.replace(/(?<![\w.-])[a-z0-9][a-z0-9._-]*[a-z0-9](?![\w-])/g, (word) => (isPerson(word) ? nameOf(word) : word));

/** A decision in its author's words. */
const said = ({ number, at, by, message }) => html`<time title=${bothZones(at)}>${minuteOfDay(at)}</time>
  <b>${nameOf(by)}</b> <bdi>${marked(message)}</bdi>
  <a class="cite" href="#T${number}">T${number}</a>`;

const fixes = ({ running, waiting }) => html`
  ${listed(running, (one) => html`<b>${one.id} runs</b> <bdi>${visibly(one.description)}</bdi>${one.owner ? `, ${nameOf(one.owner)}` : ""}`, nothing)}
  ${listed(waiting, (one) => html`<b>${one.id} waits</b> <bdi>${visibly(one.description)}</bdi>`, nothing)}
  ${running?.length || waiting?.length ? nothing : "Nothing runs, nothing waits"}`;

const VERDICTS = { open: "open", supported: "supported", eliminated: "ruled out" };
const causes = (hypotheses) => listed(hypotheses, ({ id, description, verdict }) => html`<b>${id} ${VERDICTS[verdict]}</b> <bdi>${visibly(description)}</bdi>`, "None written down");

const promises = ({ updatesDue, lastTold }) => html`
  ${listed(updatesDue?.slice(0, 3), ({ audience, dueAt }) => html`${AUDIENCES[audience]}: ${ticking(() => due(dueAt))}`, "No update is due")}
  <p>${lastTold ? html`Customers were told ${minuteOfDay(lastTold.at)}: “<bdi>${visibly(lastTold.message)}</bdi>”` : "Customers were told nothing yet."}</p>`;

function due(at) {
  const left = Date.parse(at) - clockNow.value;
  return left < 0 ? `${span(-left)} late` : `due in ${clock(left)}`;
}
