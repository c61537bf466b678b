// People by name: handles are for the wire, names for the page.

import { html } from "../../vendor/lit/lit-html.js";
import { me, people } from "../state.js";
import { visibly } from "../unseen.js";

const TINTS = 6;

export const nameOf = (handle) => visibly(people.value[handle]?.name || handle || "");

/** "you" where the reader is meant, else the name. */
export const nameOrYou = (handle) => (handle === me.value.handle ? "you" : nameOf(handle));

export const isPerson = (handle) => handle in people.value;

/** AO for Ada Okafor, AD for ada. */
export function initials(handle) {
  const words = nameOf(handle).split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words.at(-1)[0] : (words[0] ?? "?").slice(0, 2);
  return letters.toUpperCase();
}

/** One of the avatar colours: the bytes of the handle, added up, as the server's pages do. */
export function tint(handle = "") {
  const sum = new TextEncoder().encode(handle).reduce((total, byte) => total + byte, 0);
  return `a${(sum % TINTS) + 1}`;
}

export const avatar = (handle, extra = "") =>
  html`<span class="avatar ${tint(handle)} ${extra}" aria-hidden="true">${initials(handle)}</span>`;

/** The handle of whoever a person typed: a handle, a name, "me"; undefined if nobody is meant. */
export function whoIs(text) {
  const wanted = text.trim().replace(/^@/, "").toLowerCase();
  if (wanted === "me" || wanted === me.value.handle) return me.value.handle;
  if (wanted in people.value) return wanted;
  const named = Object.entries(people.value).filter(([, { name }]) => name.toLowerCase() === wanted);
  return named.length === 1 ? named[0][0] : undefined;
}
