// The sentence of an entry: names for handles, links for T-numbers, code for back quotes.
// People's words are put in as text, and handles in them stay as they wrote them.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { isPerson, nameOf } from "./names.js";

/** Sentences of the server that name people after a colon, too. */
const WHOLE = new Set(["paged", "commander_missing"]);
/** Kinds that are what a person says. */
const SAYS = new Set(["health_changed", "evidence_cited", "hypothesis_judged"]);

/** The server's sentence with names for handles; led by the author where it names nobody. */
export function named(entry) {
  const { author, message, data, kind, type } = entry;
  if (kind === "entry_amended") return html`<b>${nameOf(author)}</b> corrected ${cite(data?.entry)}`;
  const handles = [...new Set([author, ...peopleIn(data)])].filter(isPerson);
  const [head, words] = split(message, kind, data?.reason);
  const saysWho = kind === "action_started" || mentions(head, author);
  const leads = type === "alert" || (isPerson(author) && !saysWho);
  return html`${leads ? html`<b>${nameOf(author)}</b>${SAYS.has(kind) ? ": " : " "}` : nothing}${pieces(head, handles, leads)}${pieces(words, [], leads)}`;
}

/** A person's own words. */
export const marked = (message) => pieces(message, [], true);

const peopleIn = ({ holder, previous, owner, asked_by, to, person, next, people = [] } = {}) =>
  [holder, previous, owner, asked_by, to, person, next, ...people.map((one) => one.person ?? one)];

/** [what the server says, a person's own words]: those follow the first colon. */
function split(message, kind, reason) {
  const colon = WHOLE.has(kind) && !reason ? -1 : message.indexOf(WHOLE.has(kind) ? `: ${reason}` : ": ");
  return colon < 0 ? [message, ""] : [message.slice(0, colon), message.slice(colon)];
}

const asWord = (handle) => `(?<![\\w.-])${handle.replaceAll(".", "\\.")}(?![\\w-]|\\.\\w)`;
const mentions = (text, handle) => new RegExp(asWord(handle)).test(text);

function pieces(message, handles, plain) {
  const names = handles.map((handle) => `|${asWord(handle)}`);
  const found = new RegExp(`(\`[^\`\\n]+\`|\\bT[1-9]\\d*\\b|\\bACT-\\d+\\b${names.join("")})`);
  return message.split(found).map((piece) => {
    if (/^`.+`$/.test(piece)) return html`<code>${piece.slice(1, -1)}</code>`;
    if (/^T[1-9]\d*$/.test(piece)) return cite(piece.slice(1));
    if (/^ACT-\d+$/.test(piece)) return plain ? piece : html`<b>${piece}</b>`;
    return handles.includes(piece) ? html`<b>${nameOf(piece)}</b>` : piece;
  });
}

const cite = (number) => html`<a class="cite" href="#T${number}">T${number}</a>`;
