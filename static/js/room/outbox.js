// What waits in this browser and what was refused: where the connection is gone, how much is kept,
// and row by row what to do about it. It goes when there is nothing to say.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { SIGNED_OUT } from "../absence.js";
import { keptElsewhere, keptFor, keptIn, trouble } from "../outbox/kept.js";
import { onOpening } from "../outbox/timed.js";
import { records, restore } from "../outbox.js";
import { discard, mine, tryAgain, tryNow } from "../sending.js";
import { incident, link, me } from "../state.js";
import { bothZones, minuteOfDay, serverNow } from "../time.js";
import { visibly } from "../unseen.js";
import { watchStanding } from "./connection.js";
import { takeBack } from "./draft.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { counted, lineOf, told } from "./outbox-words.js";
import { panel } from "./panel.js";
import { tab } from "./place.js";
import { toast } from "./toasts.js";
import { tellAnswers } from "./undo.js";
import { saying } from "./words.js";

const open = signal(false);

const refused = computed(() => mine.value.filter(({ state }) => state === "refused"));
const asks = computed(() => mine.value.filter(({ state }) => state === "asks"));
const waiting = computed(() => mine.value.filter(({ state, kept }) => state === "waiting" && kept));
const others = computed(() => records.value.filter(({ handle }) => handle !== me.value.handle));
const elsewhere = computed(() => Object.entries((records.value, keptElsewhere(incident.value.id, me.value.handle))));
const away = computed(() => ["off", "ended"].includes(link.value.phase));

export function mount(place) {
  panel(place, strip);
  tellAnswers();
  watchStanding();
}

const strip = () => {
  const rows = [...refused.value, ...asks.value, ...others.value, ...(open.value ? waiting.value : [])];
  if (!rows.length && !waiting.value.length && !away.value && !elsewhere.value.length) return nothing;
  const level = refused.value.length ? "late" : "soon";
  return html`<section class="outbox" data-level=${level} aria-label="Kept in ${keptIn()}">
    ${away.value || waiting.value.length ? head() : nothing}
    ${trouble.value ? html`<p class="outbox-why">${icon("triangle-alert")}${TROUBLE[trouble.value]}</p>` : nothing}
    ${rows.length ? html`<ul>${repeat(rows, ({ handle, n }) => `${handle} ${n}`, row)}</ul>` : nothing}
    ${elsewhere.value.map(([id, count]) => html`<p>${count} kept for ${id}${outlookOf(id)}. <a href="/incidents/${id}">Open ${id}</a></p>`)}
  </section>`;
};

const ELSEWHERE = {
  decides: ", refused in part: open it to decide",
  sends: ", sent when you open it",
  asks: ", sent when you open it, once you are asked about what is old",
  "asks all": ": open it to say whether it is still meant",
};

const outlookOf = (id) => ELSEWHERE[onOpening(keptFor(id).filter(({ handle }) => handle === me.value.handle), serverNow())];

const TROUBLE = {
  full: "This browser's storage is full: what you write is kept in this tab alone. Do not close it.",
  blocked: "This browser keeps nothing for this site: what you write is kept in this tab alone. Do not close it.",
};

const head = () => html`<div class="outbox-h">${icon(link.value.phase === "live" ? "clock" : "triangle-alert")}
  <p role="status"><b>${state()}</b> ${waiting.value.length ? `${counted(waiting.value)} kept in ${keptIn()}.` : nothing} <span>${outlook()}</span></p>
  ${waiting.value.length ? html`<button class="text-btn" type="button" aria-expanded=${open.value} @click=${() => (open.value = !open.value)}>${open.value ? "Hide" : "Show"}<span class="vh"> what is kept</span></button>` : nothing}
  ${["live", "ended"].includes(link.value.phase) ? nothing : html`<button class="btn sm" type="button" @click=${tryNow}>Try now</button>`}</div>`;

/** Since when, by the server's clock as far as it is known. */
function state() {
  const { phase, note, heardAt, offset } = link.value;
  if (phase === "live" || phase === "ended") return nothing;
  const since = new Date(heardAt + (offset ?? 0)).toISOString();
  if (phase === "wait") return "Reconnecting.";
  return html`${note} since <time datetime=${since} title=${bothZones(since)}>${minuteOfDay(since)}</time>.`;
}

function outlook() {
  const { phase, code } = link.value;
  const [first] = waiting.value;
  if (phase === "ended") return code === SIGNED_OUT && first ? `Sign in again as ${nameOf(me.value.handle)} to send it.` : nothing;
  if (phase === "live") return first?.problem ? `${saying(first.problem)} It is tried again by itself.` : first ? "Waiting for the server's answer." : nothing;
  return "Reading works. What you write is kept and sent when you are back.";
}

function row(one) {
  const { kind, text } = told(one);
  const [isMine, isRefused] = [one.handle === me.value.handle, one.state === "refused"];
  return html`<li data-state=${one.state}>
    <p class="outbox-what"><time datetime=${one.at} title=${bothZones(one.at)}>${minuteOfDay(one.at)}</time> <b>${kind}</b> <bdi>${visibly(text)}</bdi></p>
    ${isMine ? nothing : html`<p class="outbox-why">Written by <bdi>${nameOf(one.handle)}</bdi>, who is signed out. It is sent only when they sign in here.</p>`}
    ${isMine && isRefused ? html`<p class="outbox-why" role="alert">Not sent. ${saying(one.problem)}</p>` : nothing}
    ${isMine && one.state === "asks" ? html`<p class="outbox-why" role="alert">Kept since ${minuteOfDay(one.at)}, and not sent: much may have changed. Is it still meant?</p>` : nothing}
    <div class="outbox-f">${isMine ? own(one) : copying(text || kind)}
      <button class="text-btn" type="button" @click=${() => throwAway(one)}>Discard<span class="vh"> ${kind}</span></button></div>
  </li>`;
}

const AGAIN = { refused: "Try again", asks: "Send it" };

const own = (one) => html`
  ${AGAIN[one.state] ? html`<button class="text-btn" type="button" @click=${() => tryAgain(one)}>${AGAIN[one.state]}<span class="vh">: ${told(one).kind}</span></button>` : nothing}
  ${lineOf(one) ? html`<button class="text-btn" type="button" @click=${() => edit(one)}>Edit</button>` : nothing}`;

const copying = (text) => html`<button class="text-btn" type="button" @click=${() => navigator.clipboard?.writeText(text)}>Copy</button>`;

function edit(one) {
  discard(one);
  tab.value = "timeline";
  takeBack(lineOf(one), one);
}

function throwAway(one) {
  discard(one);
  toast({ words: "Discarded.", action: { words: "Undo", does: () => restore(one) } });
}
