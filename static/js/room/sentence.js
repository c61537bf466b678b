// The sentence of an entry: names for handles, links for T-numbers, code for back quotes.
// People's words are put in as text, and handles in them stay as they wrote them.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { visibly } from "../unseen.js";
import { isPerson, nameOf } from "./names.js";

/** Sentences of the server that name people after a colon, too. */
const WHOLE = new Set(["paged", "commander_missing"]);
/** Kinds that are what a person says. */
const SAYS = new Set(["health_changed", "evidence_cited", "hypothesis_judged"]);

/** The server's sentence with names for handles; led by the author where it names nobody. */
export function named(entry) {
  const { author, message, data, kind, type } = entry;
  if (kind === "entry_amended") return html`<b><bdi>${nameOf(author)}</bdi></b> corrected ${cite(data?.entry)}`;
  const handles = [...new Set([author, ...peopleIn(data)])].filter(isPerson);
  const [head, words] = split(message, kind, data?.reason);
  const saysWho = kind === "action_started" || mentions(head, author);
  const leads = type === "alert" || (isPerson(author) && !saysWho);
  const who = leads ? html`<b><bdi>${nameOf(author)}</bdi></b>${SAYS.has(kind) ? ": " : " "}` : nothing;
  return html`${who}${pieces(head, handles, leads)}${words ? own(words, leads) : nothing}`;
}

/** A person's own words. */
export const marked = (message) => pieces(message, [], true);

/** A person's words within a line of the server's: they turn nothing around that is not theirs. */
const own = (words, plain) => html`: <bdi>${pieces(words.slice(2), [], plain)}</bdi>`;

const peopleIn = ({ holder, previous, owner, asked_by, to, person, next, people = [] } = {}) =>
  [holder, previous, owner, asked_by, to, person, next, ...people.map((one) => one.person ?? one)];

/** [what the server says, a person's own words]: those follow the first colon. */
function split(message, kind, reason) {
  const colon = WHOLE.has(kind) && !reason ? -1 : message.indexOf(WHOLE.has(kind) ? `: ${reason}` : ": ");
  return colon < 0 ? [message, ""] : [message.slice(0, colon), message.slice(colon)];
}

const WORD = /(?<![\w.-])[\w-]+(?:\.[\w-]+)*/g;
// an address of the web: the same as in incident/web/links.py
const PLAIN = /(`[^`\n]+`|\b[Hh]ttps?:\/\/[^\s<>"`/?#.,:;!)][^\s<>"`]*|\bT[1-9]\d*\b|\bACT-\d+\b)/;
const PIECE = /(`[^`\n]+`|\b[Hh]ttps?:\/\/[^\s<>"`/?#.,:;!)][^\s<>"`]*|\bT[1-9]\d*\b|\bACT-\d+\b|(?<![\w.-])[\w-]+(?:\.[\w-]+)*)/;
const mentions = (text, handle) => (text.match(WORD) ?? []).includes(handle);

function pieces(message, handles, plain) {
  const named = new Set(handles);
  const parts = [];
  for (const piece of visibly(message).split(handles.length ? PIECE : PLAIN)) {
    const part = partOf(piece, named, plain);
    if (typeof part === "string" && typeof parts.at(-1) === "string") parts.push(parts.pop() + part);
    else parts.push(part);
  }
  return parts;
}

function partOf(piece, named, plain) {
  if (piece.length > 2 && piece.startsWith("`") && piece.endsWith("`")) return html`<code>${piece.slice(1, -1)}</code>`;
  if (/^https?:\/\//i.test(piece)) return link(piece);
  if (/^T[1-9]\d*$/.test(piece)) return cite(piece.slice(1));
  if (/^ACT-\d+$/.test(piece)) return plain ? piece : html`<b>${piece}</b>`;
  return named.has(piece) ? html`<b><bdi>${nameOf(piece)}</bdi></b>` : piece;
}

const cite = (number) => html`<a class="cite" href="#T${number}">T${number}</a>`;

function link(piece) {
  const end = endOf(piece);
  const address = piece.slice(0, end);
  return html`<a href=${address} dir="ltr" target="_blank" rel="noopener noreferrer">${address}</a>${piece.slice(end)}`;
}

/** Where an address ends but for the stops, quotes and brackets that were opened before it. */
function endOf(address) {
  let [end, depth] = [0, 0];
  for (let at = 0; at < address.length; at += 1) {
    const letter = address[at];
    if ("([{".includes(letter)) depth += 1;
    else if (!")]}".includes(letter)) end = ".,:;!?'\"*_~»”’…".includes(letter) ? end : at + 1;
    else if (depth > 0) [depth, end] = [depth - 1, at + 1];
  }
  return end;
}
