// What a line in the composer means. Pure: text in, a command or a sentence about what is wrong out.
// The server may still refuse the command; here only its form is read.

import { distance } from "../nearly.js";
import { anyOf, audienceOf, missing, noAudience, notOne, told, wrong } from "./meaning.js";
import { COMMAND_READERS, COMMAND_VERBS } from "./parse-command.js";
import { ENTRY_READERS, ENTRY_VERBS, note } from "./parse-entry.js";
import { FIX_READERS, FIX_VERBS } from "./parse-fix.js";
import { QUESTION_READERS, QUESTION_VERBS } from "./parse-question.js";
import { statusFields } from "./words.js";

const STATE_VERBS = {
  "/update": ["customers TEXT", "Post an update: customers, leadership or support"],
  "/sev": ["2 why", "Change the severity"],
  "/state": ["mitigated why", "Change the state"],
  "/mitigated": ["why", "Customers are no longer affected"],
  "/resolved": ["why", "The fault itself is gone"],
  "/reopen": ["why", "It came back, or was not over"],
};

const KNOWN = { ...ENTRY_VERBS, ...FIX_VERBS, ...STATE_VERBS, ...COMMAND_VERBS, ...QUESTION_VERBS };
const ORDER = ["/decide", "/fix", "/page", "/update", "/handoff", "/ack", "/sev", "/state", "/at"];

/** [verb, what follows it, what it does]: the help of the composer, most wanted first. */
export const VERBS = [...new Set([...ORDER, ...Object.keys(KNOWN)])].map((verb) => [verb, ...KNOWN[verb]]);

/**
 * `{command, words, sort}`, `{question, ...}` where something is asked, or `{problem}`. `context` is
 * {now, zone, find(number)}: the server's time, "utc" or "local", and the entry of a T-number;
 * {whoIs(text), people, roles, round, paused, actions}: the handle of whoever is meant, {name} by
 * handle, the names of the roles, which page is answered, whether paging is paused, and the fixes.
 */
export function parse(text, context) {
  const written = text.trim();
  if (written === "") return { problem: "Write something first." };
  const [, verb, rest] = /^(\/\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  if (verb === undefined) return note(written);
  const read = READERS[verb.toLowerCase()];
  return read ? read(rest.trim(), context) : { problem: unknown(verb) };
}

const READERS = {
  ...ENTRY_READERS,
  "/at": (rest, context) => ENTRY_READERS["/at"](rest, { ...context, isVerb: (word) => word in READERS }),
  ...FIX_READERS,
  ...COMMAND_READERS,
  ...QUESTION_READERS,
  "/update": (rest) => update(rest),
  "/sev": (rest) => severity(rest),
  "/severity": (rest) => severity(rest),
  "/state": (rest) => state(rest),
  "/mitigated": (rest) => state(`mitigated ${rest}`.trim()),
  "/resolved": (rest) => state(`resolved ${rest}`.trim()),
  "/reopen": (rest) => state(`reopen ${rest}`.trim()),
};

function update(rest) {
  const [first, ...others] = rest.split(/\s+/);
  const audience = audienceOf(first);
  // Never guessed: what is meant for leadership must not reach customers by a slip of the finger.
  if (!audience) return noAudience(first, "/update customers we know the cause");
  const message = rest.slice(first.length).trim();
  if (!others.length) return missing("/update", `what to tell ${audience}`, `${audience} we know the cause`);
  const command = { type: "post_update", audience, message };
  return { command, words: message, sort: "key comms" };
}

function severity(rest) {
  const [, number, reason] = /^(?:sev)?([1-5])(?:\s+([\s\S]+))?$/i.exec(rest) ?? [];
  if (number === undefined) return wrong(notOne("severity", rest.split(/\s/)[0], "1 (worst) to 5"), "/sev 2 checkout is down");
  const command = { type: "update_incident", severity: Number(number), ...(reason && { reason }) };
  return told(command, `Severity ${number}${reason ? `: ${reason}` : ""}`);
}

function state(rest) {
  const [, word = "", reason] = /^(\S+)(?:\s+([\s\S]+))?$/.exec(rest) ?? [];
  const fields = statusFields(word.toLowerCase());
  if (!fields) return wrong(notOne("state", word, anyOf(STATE_WORDS)), "/state mitigated traffic moved");
  return told({ type: "set_status", ...fields, ...(reason && { reason }) }, `State ${rest}`);
}

const STATE_WORDS = ["investigating", "identified", "fixing", "mitigated", "resolved", "closed", "cancelled"];

function unknown(verb) {
  const [[nearest]] = VERBS.map(([known]) => [known, distance(verb.toLowerCase(), known)]).sort((a, b) => a[1] - b[1]);
  return `There is no ${verb}. Did you mean ${nearest}? To post it as a note, begin with a space.`;
}
