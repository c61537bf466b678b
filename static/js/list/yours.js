// What waits for the signed-in person over all incidents: pages to acknowledge, questions, calls,
// roles offered, fixes to approve. Drawn from the lobby's summaries, whichever rows the filters show.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { computed, effect, signal } from "../../vendor/signals/signals-core.js";
import { newRef } from "../ledger.js";
import { askPermission, permission } from "../notify.js";
import { fetched } from "../room/fetching.js";
import { icon } from "../room/icon.js";
import { nameOf } from "../room/names.js";
import { roleInWords, saying } from "../room/words.js";
import { visibly } from "../unseen.js";
import { COMMAND, isAsked, isCalled, mineOf, tell, wantsCommander } from "./mine.js";

const strip = document.querySelector("#yours");
const me = strip.dataset.me;
const known = signal(new Map()); // id -> what it asks of this person
let drawn = false;
const refusals = signal(new Map()); // id -> what the server answered

/** Takes in summaries of the lobby; `fresh` ones are worth a notification. */
export function note(summaries, fresh) {
  const next = new Map(known.value);
  for (const one of summaries) {
    if (next.get(one.id)?.seq >= one.seq) continue;
    const mine = mineOf(one, me);
    if (fresh) tell(mine, next.get(one.id));
    next.set(one.id, mine);
  }
  known.value = next;
}

/** The worst that pages this person now, or null: the browser's tab says so. */
export const pagedFor = computed(() => {
  const paged = [...known.value.values()].filter((one) => one.paged || wantsCommander(one));
  return paged.sort((a, b) => a.severity - b.severity)[0] ?? null;
});

effect(() => {
  const waiting = [...known.value.values()].filter(isAsked);
  waiting.sort((a, b) => b.paged - a.paged || a.severity - b.severity);
  if (known.value.size) draw(waiting);
});

function draw(waiting) {
  if (!drawn) strip.replaceChildren(); // what the server drew
  drawn = true;
  render(waiting.length ? html`${waiting.map(lines)}${permission.value === "default"
    ? html`<button class="text-btn notify" type="button" @click=${askPermission}>${icon("bell-ring")}Notify me in this browser</button>` : nothing}` : nothing, strip);
}

const lines = (one) => html`${wantsCommander(one) ? command(one) : one.paged ? page(one) : nothing}${one.asked ? question(one) : nothing}
  ${isCalled(one) ? call(one) : nothing}
  ${one.offered.filter((role) => role !== COMMAND || !wantsCommander(one)).map((role) => offer(one, role))}
  ${one.approves.map((fix) => approval(one, fix))}
  ${refusals.value.has(one.id) ? html`<p class="warn" role="alert">${saying(refusals.value.get(one.id))}</p>` : nothing}`;

/** The words lead where the thing is told; the button answers it here, or leads there, too. */
const item = (one, level, sign, words, answer, place = "", more = nothing) => html`<div class="yours-item" data-level=${level}>${icon(sign)}
  <p role="alert"><b>${words}</b> <a href="/incidents/${one.id}${place}">SEV${one.severity} <bdi>${visibly(one.title)}</bdi></a>${more}</p>
  <div class="yours-f">${answer ?? html`<a class="btn" href="/incidents/${one.id}${place}">Open<span class="vh">: ${words}</span></a>`}</div></div>`;

const press = (words, { id }, answer) => html`<button class="btn" type="button" @click=${answer}>${icon("check")}${words}<span class="vh">, ${id}</span></button>`;

const page = (one) => item(one, "soon", "phone-call", `You are paged for ${one.id}`, press("Acknowledge", one, () => acknowledge(one)));

/** The acknowledgement led nowhere: saying so again is an answer, too. */
const question = (one) => item(one, "soon", "circle-help", `Still on ${one.id}?`, press("I am on it", one, () => acknowledge(one)), "",
  html`<span aria-live="off">. The ladder goes on <time data-show="left" datetime=${one.asked}></time></span>`);

const call = (one) => item(one, "soon", "phone-call", `${nameOf(one.call)} paged you for ${one.id}`,
  one.waits ? press("Acknowledge", one, () => acknowledge(one)) : null);

/** Whoever takes command has answered the ladder's page, too: one line asks for both. */
const command = (one) => item(one, "late", "phone-call", `Nobody commands ${one.id}: you are paged for it`, press("Take command", one, () => take(one)));

const offer = (one, role) => item(one, "act", "arrow-right-left", `You are offered ${roleInWords(role)} of ${one.id}`, null, `#offer-${role}`);

/** What it does stands on its card: nobody approves by a number. */
const approval = (one, fix) => item(one, "act", "wrench", `${fix} waits for your approval in ${one.id}`, null, `#${fix}`);

const acknowledge = ({ id, round }) => answer(id, "POST", "acknowledge", { round });
const take = ({ id }) => answer(id, "PUT", `roles/${COMMAND}`, { assignee: "me" });

async function answer(id, method, path, body) {
  const next = new Map(refusals.value);
  next.delete(id);
  const headers = { "Content-Type": "application/json", "Idempotency-Key": newRef() };
  try {
    await fetched(`/api/incidents/${encodeURIComponent(id)}/${path}`, { method, headers, body: JSON.stringify(body) });
  } catch (why) {
    next.set(id, why);
  }
  refusals.value = next;
}
