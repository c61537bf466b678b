// What a line in the composer means. Pure: text in, a command or a sentence about what is wrong out.
// The server may still refuse the command; here only its form is read.

import { COMMAND_READERS, COMMAND_VERBS } from "./parse-command.js";
import { anyOf, audienceOf, missing, noAudience, notOne, quoted, told, wrong } from "./meaning.js";
import { statusFields } from "./words.js";
import { lastTimeOfDay } from "../time.js";

/** [verb, what follows it, what it does]: the help of the composer. */
export const VERBS = [
  ["/decide", "TEXT", "Record a decision"],
  ["/fix", "TEXT on TARGET in REGION", "Propose a fix"],
  ["/update", "customers TEXT", "Post an update: customers, leadership or support"],
  ["/sev", "2 why", "Change the severity"],
  ["/state", "mitigated why", "Change the state"],
  ...COMMAND_VERBS,
  ["/at", "03:20 TEXT", "Write down something that happened earlier"],
  ["/pin", "T42", "Pin an entry"],
];

/**
 * `{command, words, sort}`, or `{problem}`. `context` is {now, zone, find(number)}: the server's
 * time, "utc" or "local", and the entry of a T-number; and for commands {whoIs(text), roles, round, paused}:
 * the handle of whoever is meant, the names of the roles, which page is answered, whether paging is paused.
 */
export function parse(text, context) {
  const written = text.trim();
  if (written === "") return { problem: "Write something first." };
  const [, verb, rest] = /^(\/\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  if (verb === undefined) return note(written);
  const read = READERS[verb.toLowerCase()];
  return read ? read(rest.trim(), context) : { problem: unknown(verb) };
}

/** The verbs a half-written command may become. */
export function suggestions(text) {
  return /^\/\S*$/.test(text) ? VERBS.filter(([verb]) => verb.startsWith(text.toLowerCase())) : [];
}

const READERS = {
  "/decide": (rest) => (rest ? entry("decision", rest) : missing("/decide", "what was decided", "fail over to the replica")),
  "/fix": (rest) => (rest ? fix(rest) : missing("/fix", "what should be done", "restart it on db/primary in eu-west-1")),
  "/update": (rest) => update(rest),
  "/sev": (rest) => severity(rest),
  "/state": (rest) => state(rest),
  ...COMMAND_READERS,
  "/at": (rest, context) => earlier(rest, context),
  "/pin": (rest, context) => pin(rest, context),
};

function note(message) {
  return { command: { type: "add_timeline", message }, words: message, sort: "human" };
}

function entry(type, message) {
  return { command: { type: "add_timeline", entryType: type, message }, words: message, sort: "key decision" };
}

function fix(rest) {
  const [, what, target, region] = /^([\s\S]+?)(?:\s+on\s+(\S+))?(?:\s+in\s+(\S+))?$/.exec(rest);
  const isPlace = region && (target || /\d|^\*$/.test(region));
  const description = region && !isPlace ? rest : what;
  const where = { ...(target && { target }), ...(isPlace && { region }) };
  const told_ = [description, target && `on ${target}`, isPlace && `in ${region}`].filter(Boolean).join(" ");
  return told({ type: "add_action", description, ...where }, `Propose a fix: ${told_}`);
}

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

function earlier(rest, { now, zone }) {
  const [, time = "", message] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  const timestamp = lastTimeOfDay(time, now, zone);
  const right = "03:20 the alarm went off";
  if (timestamp === null) return wrong(notOne("time of day", time, "HH:MM"), `/at ${right}`);
  if (!message) return missing("/at", "what happened then", right);
  const inner = then(message, time);
  return inner.problem ? inner : { ...inner, command: { ...inner.command, timestamp } };
}

/** What happened earlier: a note, or a decision. Nothing else can be done in the past. */
function then(message, time) {
  const [, verb = "", rest] = /^(\/\S*)\s*([\s\S]*)$/.exec(message) ?? [];
  const read = READERS[verb.toLowerCase()];
  if (verb.toLowerCase() === "/decide") return read(rest.trim());
  return read ? wrong(`/at takes a note or a decision, not ${verb}.`, `/at ${time} /decide fail over`) : note(message);
}

function pin(rest, { find }) {
  const number = Number(/^T?(\d+)$/i.exec(rest)?.[1]);
  if (!number) return wrong(rest ? `${quoted(rest)} is not the number of one entry.` : "Say which entry.", "/pin T42");
  const found = find(number);
  if (!found) return { problem: `T${number} is not in the timeline shown here. Check the number, or show earlier entries first.` };
  return told({ type: "amend_entry", seq: found.seq, index: found.index, pinned: true }, `Pin T${number}`);
}

const STATE_WORDS = ["investigating", "identified", "fixing", "mitigated", "resolved", "closed", "cancelled"];

function unknown(verb) {
  const [[nearest]] = VERBS.map(([known]) => [known, distance(verb.toLowerCase(), known)]).sort((a, b) => a[1] - b[1]);
  return `There is no ${verb}. Did you mean ${nearest}? To post it as a note, begin with a space.`;
}

/** How many letters to add, drop or change (Levenshtein). */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...one].entries()) {
    const above = row;
    row = [i + 1];
    for (const [j, wanted] of [...other].entries())
      row.push(Math.min(above[j + 1] + 1, row[j] + 1, above[j] + (letter === wanted ? 0 : 1)));
  }
  return row.at(-1);
}
