// Which entries of this room call the signed-in person, and the offer to say so by the browser.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { incident, me } from "../state.js";
import { askPermission, permission, raise } from "../notify.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { roleInWords } from "./words.js";

/** A quiet button, as long as this browser was not asked yet. */
export const invitation = () => permission.value === "default"
  ? html`<button class="text-btn notify" type="button" @click=${askPermission}>${icon("bell-ring")}Notify me in this browser</button>`
  : nothing;

/** Raises a notification for each entry of a commit that calls this person. */
export function tellAbout(message) {
  if (message.type !== "commit") return;
  for (const entry of message.entries) {
    const call = CALLS[entry.kind]?.(entry, wordsOf(message.patch));
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
};
