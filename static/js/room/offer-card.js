// A role that is offered to the person who looks: who offers it, the brief, Accept, Decline.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { landmarks, me, roles } from "../state.js";
import { bothZones, clock, clockNow } from "../time.js";
import { visibly } from "../unseen.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { ticking } from "./panel.js";
import { decline } from "./sheets.js";
import { roleInWords, roleNames, saying, shortly } from "./words.js";

const SYSTEM = "system";
const SMALL = "(max-width: 760px), (max-height: 560px)";
const refusals = signal(new Map()); // role -> what the server answered
const unfolded = signal(new Map()); // role -> whether its brief is shown, where somebody said so
const briefs = signal(null); // the module, once a brief is to be shown

const mine = () => roleNames(roles.value)
  .map((role) => ({ role, offer: roles.value[role]?.offer }))
  .filter(({ offer }) => offer?.to === me.value.handle);

export const offerCards = () => mine().map(card);

function card({ role, offer }, place) {
  // What a person hands over comes with its brief, where that leaves room for the log; what the server
  // offers at the start has none yet.
  const shown = unfolded.value.get(role) ?? (place === 0 && offer.by !== SYSTEM && !matchMedia(SMALL).matches);
  const left = () => clock(Date.parse(offer.expiresAt) - clockNow.value);
  const refusal = refusals.value.get(role);
  return html`<article class="offer" id="offer-${role}" tabindex="-1" aria-label="You are offered ${roleInWords(role)}">
    <header class="yours-item" data-level="act">${icon("arrow-right-left")}
      <p><span role="alert"><b>${offer.by === SYSTEM ? "You are offered" : `${nameOf(offer.by)} offers you`} ${roleInWords(role)}</b>${words(role, offer)}</span>
        <span class="offer-t"><time title=${bothZones(offer.expiresAt)}>${ticking(left)}</time> left</span></p>
      <div class="yours-f">
        <button class="btn primary" type="button" data-answer @click=${() => answer({ type: "accept_role", role })}>${icon("check")}Accept<span class="vh"> ${roleInWords(role)}</span></button>
        <button class="btn" type="button" @click=${() => decline(role)}>Decline<span class="vh"> ${roleInWords(role)}</span></button>
        <button class="btn quiet" type="button" aria-expanded=${shown} @click=${() => fold(role, !shown)}>Brief${icon("chevron-down")}</button>
      </div></header>
    ${refusal ? html`<p class="warn" role="alert">${icon("triangle-alert")}<span>${saying(refusal)}</span></p>` : nothing}
    ${shown ? brief(role, offer) : nothing}
  </article>`;
}

function brief(role, offer) {
  if (briefs.value) return briefs.value.briefOf(role, offer);
  import("./brief.js").then((found) => (briefs.value = found), () => null); // it says nothing without the server
  return html`<p class="quiet-line brief-wait">Reading the log</p>`;
}

/** The offering person's own words; where the server offers it, why it is this person. */
function words(role, { by, message }) {
  if (message) return html`: <bdi>${visibly(message)}</bdi>`;
  if (by !== SYSTEM) return nothing;
  const told = landmarks.value.findLast(({ kind, data }) => kind === "role_offered" && data.role === role);
  return told?.data.why ? html`, ${visibly(shortly(told.data.why))}` : nothing;
}

const fold = (role, open) => (unfolded.value = new Map(unfolded.value).set(role, open));

async function answer(command) {
  const next = new Map(refusals.value);
  next.delete(command.role);
  try {
    await submit(command);
  } catch (why) {
    next.set(command.role, why);
  }
  refusals.value = next;
}
