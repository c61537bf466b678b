// Which entries of this room call the signed-in person, and the offer to say so by the browser.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { incident, live, me } from "../state.js";
import { askPermission, permission, raise } from "../notify.js";
import { minuteOfDay, now, urgency, zoneWord } from "../time.js";
import { approverOf } from "./fix-approvers.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { AUDIENCES, roleInWords } from "./words.js";

const APPROVAL_UP_TO = 2; // the mildest severity on which a fix waits for approval

/** A quiet button, as long as this browser was not asked yet. */
export const invitation = () => permission.value === "default"
  ? html`<button class="text-btn notify" type="button" @click=${askPermission}>${icon("bell-ring")}Notify me in this browser</button>`
  : nothing;

/** Raises a notification for each entry of a commit that calls this person. */
export function tellAbout(message) {
  if (message.type !== "commit") return;
  for (const entry of message.entries) {
    const call = CALLS[entry.kind]?.(entry, wordsOf(message.patch), message.patch);
    if (call && entry.author !== me.value.handle) raise({ path: `/incidents/${message.incident}`, ...call });
  }
}

const named = (people = []) => people.some((one) => (one.person ?? one) === me.value.handle);

/** What the incident is, as the commit leaves it: its patch is not taken in yet. */
function wordsOf(patch) {
  const { id, severity, title } = { ...incident.value, ...patch };
  return `${id} SEV${severity} ${title}`;
}

const CALLS = {
  paged: ({ data, message }, whole) => named(data.people) && {
    title: `You are paged: ${whole}`, body: message,
    tag: `${incident.value.id} page ${data.round}`, times: `${data.turn}.${data.level}.${data.again ? 2 : 1}`,
  },
  people_called: ({ data, number, author }, whole) => named(data.people) && {
    title: `${nameOf(author)} pages you: ${whole}`, body: data.reason ?? "", tag: `${incident.value.id} call ${number}`,
  },
  commander_missing: ({ data, message, number }, whole) => named(data.people) && {
    title: `Nobody leads: ${whole}`, body: message, tag: `${incident.value.id} commander ${number}`,
  },
  role_offered: ({ data, message, author }, whole) => data.to === me.value.handle && {
    title: `${author === "system" ? "You are offered" : `${nameOf(author)} offers you`} ${roleInWords(data.role)}: ${whole}`,
    body: message, tag: `${incident.value.id} offer ${data.role}`, times: data.expiresAt,
  },
  action_proposed: ({ data, message, author }, whole, patch) => {
    const severity = patch?.severity ?? incident.value.severity;
    return severity <= APPROVAL_UP_TO && approverOf({ createdBy: author }) === me.value.handle && {
      title: `${data.action} waits for your approval: ${whole}`, body: message, tag: `${incident.value.id} approve ${data.action}`,
    };
  },
  action_started: ({ data, message }, whole) => data.after && data.owner === me.value.handle && {
    title: `Your fix ${data.action} started by itself: ${whole}`, body: message, tag: `${incident.value.id} started ${data.action}`,
  },
  update_missed: ({ data, message }, whole) => tellsUpdates() && {
    title: `Update to ${inWords(data.audience)} is late: ${whole}`, body: message, tag: `${incident.value.id} late ${data.audience}`, times: data.dueAt,
  },
};

const inWords = (audience) => (AUDIENCES[audience] ?? audience).toLowerCase();

/** Whether this person owes the updates: who leads communications, or nobody does and they lead. */
const tellsUpdates = () => (live.value.incident.commsLead ?? live.value.incident.commander) === me.value.handle;

/** Tells whoever owes an update that it is due in a few minutes, once for each time it falls due. */
export function tellDueSoon() {
  for (const [audience, { dueAt }] of Object.entries(live.value.incident.communications ?? {})) {
    if (!tellsUpdates() || urgency(dueAt, now.value) !== "soon") continue;
    raise({
      title: `Update to ${inWords(audience)} is due at ${minuteOfDay(dueAt)} ${zoneWord.value}: ${wordsOf()}`,
      body: "", path: `/incidents/${incident.value.id}`, tag: `${incident.value.id} due ${audience}`, times: dueAt,
    });
  }
}
