// The strip of the person who looks at the page: what waits for their answer, and nothing else.
// Paged, asked whether they are still on it, called by name, offered a role.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { entries, incident, landmarks, me, roles } from "../state.js";
import { clock, clockNow } from "../time.js";
import { visibly } from "../unseen.js";
import { begin } from "./composer.js";
import { icon } from "./icon.js";
import { callsOf, rings } from "./ladder-facts.js";
import { acknowledge } from "./ladder-acts.js";
import { nameOf } from "./names.js";
import { invitation } from "./notices.js";
import { offerCards } from "./offer-card.js";
import { ticking } from "./panel.js";
import { tab } from "./place.js";
import { isOver, isWanted, roleInWords, roleNames, saying } from "./words.js";

const refusal = signal(null);
const ladder = computed(() => incident.value.escalation ?? {});
const left = (iso) => clock(Date.parse(iso) - clockNow.value);

/** Whether the page waits for this very person. */
export const isPaged = computed(() => rings(ladder.value, me.value.handle));

/** Somebody paged this person by name, and they have written nothing since. */
const calledBy = computed(() => {
  const own = me.value.handle;
  const isMine = ({ kind, data, author }) => author === own || (kind === "people_called" && data.people.includes(own));
  const last = entries.value.findLast(isMine) ?? landmarks.value.findLast(isMine);
  return last?.kind === "people_called" && last.author !== own && !isOver(incident.value) ? last : null;
});

/** Called by name, and nobody has answered the ladder. */
const mayAnswer = computed(() => calledBy.value !== null && !ladder.value.acknowledgedBy && ladder.value.round > 0);

/** Whether the strip asks this person to acknowledge. */
export const isAsked = computed(() => isPaged.value || mayAnswer.value);

export const yoursPanel = () => {
  const told = [paged(), asked(), called(), ...offerCards()].filter((one) => one !== nothing);
  return told.length ? html`${told}${invitation()}` : nothing;
};

const item = (sign, words, answers, level = "soon") => html`<div class="yours-item" data-level=${level}>
  ${icon(sign)}<p role="alert">${words}</p><div class="yours-f">${answers}</div>
  ${refusal.value ? html`<p class="warn" role="alert">${saying(refusal.value)}</p>` : nothing}</div>`;

function paged() {
  if (!isPaged.value) return nothing;
  const { level, again, climbAt, pausedUntil } = ladder.value;
  const call = callsOf(ladder.value, landmarks.value).at(-1);
  const why = call?.data.people.find(({ person }) => person === me.value.handle)?.why;
  const next = climbAt && !pausedUntil ? html` Next level in <time aria-live="off">${ticking(() => left(climbAt))}</time>.` : nothing;
  return item("phone-call", html`<b>You are paged${again ? " again" : ""}</b> on level ${level}${why ? `: ${visibly(why)}` : ""}.${next}`,
    html`<button class="btn primary" type="button" data-answer @click=${acknowledge}>${icon("check")}Acknowledge</button>`, again ? "late" : "soon");
}

/** The acknowledgement led nowhere: what helps is a role or an entry. */
function asked() {
  const { asked: question, acknowledgedBy, proveBy } = ladder.value;
  if (!question || acknowledgedBy !== me.value.handle || !proveBy) return nothing;
  const role = roleNames(roles.value).find((one) => !roles.value[one]?.holder && isWanted(one, incident.value.severity));
  return item("circle-help", html`<b>Still on it?</b> You acknowledged, took no role and wrote nothing since.
    The ladder goes on in <time aria-live="off">${ticking(() => left(proveBy))}</time>.`, html`
    ${role ? html`<button class="btn primary" type="button" data-answer @click=${() => take(role)}>Take ${roleInWords(role)}</button>` : nothing}
    <button class="btn ${role ? "" : "primary"}" type="button" data-answer @click=${() => write("")}>Write an entry</button>`);
}

function called() {
  if (!calledBy.value || isPaged.value) return nothing;
  const { author, data } = calledBy.value;
  const waits = mayAnswer.value;
  return item("phone-call", html`<b>${nameOf(author)} paged you</b>${data.reason ? html`: <bdi>${visibly(data.reason)}</bdi>` : nothing}`, html`
    ${waits ? html`<button class="btn primary" type="button" data-answer @click=${acknowledge}>${icon("check")}Acknowledge</button>` : nothing}
    <button class="btn ${waits ? "" : "primary"}" type="button" data-answer @click=${() => write("")}>Write an entry</button>`);
}

function write(start) {
  tab.value = "timeline";
  begin(start);
}

async function take(role) {
  refusal.value = null;
  try {
    await submit({ type: "assign_role", role, assignee: "me" });
  } catch (why) {
    refusal.value = why;
  }
}

/** Moves the focus to the first thing that waits for an answer. */
export const goToAnswer = () => document.querySelector("#yours [data-answer]")?.focus();
