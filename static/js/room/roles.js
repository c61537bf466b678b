// Who leads: one card a role. A role is taken with one press and handed over by an offer; the
// card shows the offer to everybody, and the old holder until it is accepted.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { incident, me, roles } from "../state.js";
import { bothZones, clock, clockNow, minuteOfDay, span } from "../time.js";
import { commandDue } from "./due-lines.js";
import { icon } from "./icon.js";
import { avatar, nameOf, nameOrYou } from "./names.js";
import { invitation } from "./notices.js";
import { mayMove, ownRoles } from "./moving.js";
import { ticking } from "./panel.js";
import { problem } from "./problem.js";
import { handOver } from "./sheets.js";
import { isFinal, isOver, isWanted, roleNames, roleWord } from "./words.js";

const LONG = 4 * 3_600_000; // ms in a role after which a handoff is due
const SHIFT_SOON = 30 * 60_000; // ms before the end of a shift at which the card says so in colour

const refusal = signal(null);

export const rolesPanel = () => html`
  <header class="panel-h"><h2 id="h-roles">Roles</h2>
    ${isFinal(incident.value) ? nothing : html`<button class="text-btn" type="button" @click=${() => handOver()}>Assign</button>`}</header>
  ${refusal.value ? problem(refusal.value) : nothing}
  <ul>${roleNames(roles.value).map((role) => card(role, roles.value[role] ?? {}))}</ul>
  ${ownRoles().length && !isOver(incident.value) ? invitation() : nothing}`;

function card(role, held) {
  if (!held.holder) return vacant(role, held);
  const own = held.holder === me.value.handle;
  return html`<li class="role" id="role-${role}">
    ${avatar(held.holder)}
    <div><p class="role-name">${roleWord(role)}</p><p class="role-who">${nameOf(held.holder)}</p>
      ${isOver(incident.value) ? nothing : meta(held)}</div>
    ${own ? button("Hand over", role, () => handOver(role)) : nothing}
    ${offered(role, held.offer)}
  </li>`;
}

function meta({ since, shiftEndsAt }) {
  const time = () => clockNow.value - Date.parse(since);
  const shiftEnds = () => shiftEndsAt && Date.parse(shiftEndsAt) - clockNow.value < SHIFT_SOON;
  const words = () => `in role ${span(time())}${time() > LONG ? ", consider a handoff" : ""}`;
  const shift = shiftEndsAt ? html`, shift ends <time class=${ticking(() => (shiftEnds() ? "soon" : ""))}
    datetime=${shiftEndsAt} title=${bothZones(shiftEndsAt)}>${minuteOfDay(shiftEndsAt)}</time>` : nothing;
  return html`<p class="role-meta" title=${bothZones(since)}>${ticking(words)}${shift}</p>`;
}

function vacant(role, { offer }) {
  const over = isOver(incident.value);
  const quiet = over || offer || !isWanted(role, incident.value.severity);
  return html`<li class="role empty ${quiet ? "optional" : ""}" id="role-${role}">
    <span class="avatar none" aria-hidden="true">${icon("plus")}</span>
    <div><p class="role-name">${roleWord(role)}</p><p class="role-who">${over ? "Nobody" : "Nobody yet"}</p>
      ${role === "incident_commander" ? commandDue() : nothing}</div>
    ${over || offer?.to === me.value.handle ? nothing : button("Take it", role, () => change({ type: "assign_role", role, assignee: "me" }))}
    ${offered(role, offer)}
  </li>`;
}

/** Everybody sees an offer until it is answered; whom it is made to answers it in the strip. */
function offered(role, offer) {
  if (!offer) return nothing;
  const left = () => clock(Date.parse(offer.expiresAt) - clockNow.value);
  const mine = offer.to === me.value.handle;
  const mayTakeBack = offer.by === me.value.handle || mayMove(role);
  return html`<p class="role-note">${icon("arrow-right-left")}
    <span>Offered to ${mine ? "you" : html`<b>${nameOrYou(offer.to)}</b>`}, <time datetime=${offer.expiresAt}
      title=${bothZones(offer.expiresAt)}>${ticking(left)}</time> left</span>
    ${mine ? html`<a class="text-btn" href="#offer-${role}">Answer</a>` : mayTakeBack
      ? html`<button class="text-btn" type="button" @click=${() => change({ type: "withdraw_offer", role })}>Withdraw<span class="vh"> the offer of ${roleWord(role)}</span></button>`
      : nothing}</p>`;
}

const button = (words, role, does) => isFinal(incident.value)
  ? nothing
  : html`<button class="btn sm" type="button" @click=${does}>${words}<span class="vh">, ${roleWord(role)}</span></button>`;

async function change(command) {
  refusal.value = null;
  try {
    await submit(command);
  } catch (why) {
    refusal.value = why;
  }
}
