// The last entry of an incident as its row says it: names for handles, and who, where it does not say.
// The same as `told` of the server's list page. A person's own words stay as they wrote them.

import { nameOf } from "../room/names.js";

const SPOKEN = ["", "noted", "update_posted"];
const NAMES_AFTER_COLON = ["paged", "commander_missing"];
const SYSTEM = "system"; // nobody: its sentences say what happened
const AROUND_NAMES = /^[(),;:.]+|[(),;:.]+$/g;

/** [who, what]; nobody where the sentence itself says who. */
export function told({ author, message, kind = "" }) {
  if (SPOKEN.includes(kind)) return [nameOf(author), !kind && message.startsWith(`${author} `) ? message.slice(author.length + 1) : message];
  const colon = NAMES_AFTER_COLON.includes(kind) ? -1 : message.indexOf(": ");
  const head = colon < 0 ? message : message.slice(0, colon);
  const said = head.split(" ").map((word) => [word, word.replace(AROUND_NAMES, "")]);
  const named = said.map(([word, bare]) => (bare ? word.replace(bare, () => nameOf(bare)) : word)).join(" ");
  return [author === SYSTEM || said.some(([, bare]) => bare === author) ? "" : nameOf(author), named + message.slice(head.length)];
}
