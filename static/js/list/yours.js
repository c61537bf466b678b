// What waits for the signed-in person over all incidents: pages to acknowledge, roles offered.
// Drawn from the lobby's summaries, whichever rows the filters show.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { effect, signal } from "../../vendor/signals/signals-core.js";
import { newRef } from "../ledger.js";
import { askPermission, permission, raise } from "../notify.js";
import { fetched } from "../room/fetching.js";
import { icon } from "../room/icon.js";
import { roleInWords, saying } from "../room/words.js";

const strip = document.querySelector("#yours");
const me = strip.dataset.me;
const known = signal(new Map()); // id -> {id, title, severity, seq, paged, round, offers}
let drawn = false;
const refusals = signal(new Map()); // id -> what the server answered

/** Takes in summaries of the lobby; `fresh` ones are worth a notification. */
export function note(summaries, fresh) {
  const next = new Map(known.value);
  for (const one of summaries) {
    if (next.get(one.id)?.seq >= one.seq) continue;
    const mine = mineOf(one);
    if (fresh) tell(mine, next.get(one.id));
    next.set(one.id, mine);
  }
  known.value = next;
}

function mineOf({ id, seq, title, severity, paging = [], pageRound = 0, acknowledgedBy, offers = {} }) {
  const offered = Object.keys(offers).filter((role) => offers[role] === me);
  return { id, seq, title, severity, round: pageRound, paged: !acknowledgedBy && paging.includes(me), offered };
}

function tell({ id, title, severity, round, paged, offered }, before) {
  const path = `/incidents/${encodeURIComponent(id)}`;
  const whole = `${id} SEV${severity} ${title}`;
  if (paged && !(before?.paged && before.round === round))
    raise({ title: `You are paged: ${whole}`, body: "Open it to acknowledge.", tag: `${id} page ${round}`, path });
  for (const role of offered.filter((one) => !before?.offered.includes(one)))
    raise({ title: `You are offered ${roleInWords(role)}: ${whole}`, body: "Open it to answer.", tag: `${id} offer ${role}`, path });
}

effect(() => {
  const waiting = [...known.value.values()].filter(({ paged, offered }) => paged || offered.length);
  waiting.sort((a, b) => b.paged - a.paged || a.severity - b.severity);
  if (known.value.size) draw(waiting);
});

function draw(waiting) {
  if (!drawn) strip.replaceChildren(); // what the server drew
  drawn = true;
  render(waiting.length ? html`${waiting.map(lines)}${permission.value === "default"
    ? html`<button class="text-btn notify" type="button" @click=${askPermission}>${icon("bell-ring")}Notify me in this browser</button>` : nothing}` : nothing, strip);
}

const lines = (one) => html`${one.paged ? page(one) : nothing}${one.offered.map((role) => offer(one, role))}`;

const page = (one) => html`<div class="yours-item" data-level="soon">${icon("phone-call")}
  <p role="alert"><b>You are paged for ${one.id}</b> <span>SEV${one.severity} ${one.title}</span></p>
  <div class="yours-f"><button class="btn primary" type="button" @click=${() => acknowledge(one)}>${icon("check")}Acknowledge<span class="vh"> ${one.id}</span></button>
    <a class="btn" href="/incidents/${one.id}">Open<span class="vh"> ${one.id}</span></a></div>
  ${refusals.value.has(one.id) ? html`<p class="warn" role="alert">${saying(refusals.value.get(one.id))}</p>` : nothing}
</div>`;

const offer = (one, role) => html`<div class="yours-item" data-level="act">${icon("arrow-right-left")}
  <p role="alert"><b>You are offered ${roleInWords(role)} of ${one.id}</b> <span>SEV${one.severity} ${one.title}</span></p>
  <div class="yours-f"><a class="btn ${one.paged ? "" : "primary"}" href="/incidents/${one.id}#offer-${role}">Open<span class="vh"> the offer of ${one.id}</span></a></div></div>`;

async function acknowledge({ id, round }) {
  const next = new Map(refusals.value);
  next.delete(id);
  const headers = { "Content-Type": "application/json", "Idempotency-Key": newRef() };
  try {
    await fetched(`/api/incidents/${encodeURIComponent(id)}/acknowledge`, { method: "POST", headers, body: JSON.stringify({ round }) });
  } catch (why) {
    next.set(id, why);
  }
  refusals.value = next;
}
