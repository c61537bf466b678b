// Handing a role over: to whom, a line to add, Offer. Until it is accepted nothing changes; whoever is
// offered one may decline it.
// Whoever is in the room without a role, or on call, is chosen already, so that one more press offers it.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { submit } from "../sending.js";
import { incident, me, roles } from "../state.js";
import { line, select } from "./fields.js";
import { holderOf, mayMove, ownRoles } from "./moving.js";
import { nameOf } from "./names.js";
import { personPicker } from "./picker.js";
import { openSheet } from "./sheet.js";
import { isFinal, roleInWords, roleNames, roleWord } from "./words.js";

/** The sheet for `role`; without one the first role that is this person's, or that is free. */
export function handOver(role) {
  if (isFinal(incident.value)) return;
  const movable = roleNames(roles.value).filter((one) => !holderOf(one) || mayMove(one));
  if (movable.length === 0) return nothingToOffer();
  const chosen = signal(role ?? ownRoles()[0] ?? movable.find((one) => !holderOf(one)) ?? movable[0]);
  const person = personPicker("", { guess: "always", without: () => [holderOf(chosen.value), me.value.handle] });
  openSheet({
    title: role ? titleOf(role) : "Hand a role over",
    label: () => (person.value() ? `Offer to ${nameOf(person.value())}` : "Offer"),
    fields: () => html`
      ${role ? nothing : select("role", "Role", movable.map((one) => [one, roleWord(one)]), chosen.value, (one) => (chosen.value = one))}
      ${person.view("To")}
      ${line("brief", "A line to add", { limit: 2_000, placeholder: "The brief is made from the log" })}
      <p class="hint">${holderOf(chosen.value)
        ? `${holderOf(chosen.value) === me.value.handle ? "You keep" : `${nameOf(holderOf(chosen.value))} keeps`} the role until it is accepted.`
        : "Nobody holds the role until it is accepted."}</p>`,
    send: ({ brief }) => offer(chosen.value, person.value(), brief),
    others: others(role, chosen, person),
  });
}

const titleOf = (role) => `${holderOf(role) ? "Hand over" : "Offer"}: ${roleInWords(role)}`;

/** Ways that need nobody's consent: giving up one's own role, filling a free one. */
function others(role, chosen, person) {
  if (role && holderOf(role) === me.value.handle)
    return [{ words: "Give up, to nobody", danger: true, send: () => submit({ type: "release_role", role }) }];
  const assign = () => (person.value() ? submit({ type: "assign_role", role: chosen.value, assignee: person.value() }) : nobody());
  return [{ words: "Assign without asking", send: assign }];
}

function offer(role, to, brief) {
  if (!to) return nobody();
  return submit({ type: "offer_role", role, to, ...(brief?.trim() && { brief: brief.trim() }) });
}

/** What an offered role is declined with: a word to whoever looks for somebody now. */
export function decline(role) {
  openSheet({
    title: `Decline ${roleInWords(role)}`,
    label: "Decline",
    size: "small",
    fields: () => html`${line("reason", "Why", { focus: true, limit: 1_000, placeholder: "It helps whoever looks for somebody now" })}`,
    send: ({ reason }) => submit({ type: "decline_role", role, ...(reason.trim() && { reason: reason.trim() }) }),
  });
}

const nobody = () => Promise.reject({ detail: "Choose somebody first." });

function nothingToOffer() {
  openSheet({
    title: "Hand a role over",
    close: true,
    size: "small",
    fields: () => html`<p>You hold no role, and every role is somebody else's. Ask whoever holds it.</p>`,
  });
}
