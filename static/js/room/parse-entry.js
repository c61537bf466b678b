// The composer lines that write or mark entries: notes, decisions, what happened earlier, corrections.
// Pure, like the rest of parse.js: only the form is read here.

import { missing, quoted, told, wrong } from "./meaning.js";
import { timeOf } from "./parse-time.js";

export const ENTRY_VERBS = {
  "/decide": ["TEXT", "Record a decision"],
  "/at": ["03:20 TEXT", "Write down something that happened earlier"],
  "/note": ["TEXT", "Add a note, as a line without a verb does"],
  "/amend": ["T42 TEXT", "Correct an entry; the old words stay, struck"],
  "/pin": ["T42", "Pin an entry"],
};

export const ENTRY_READERS = {
  "/decide": (rest) => (rest ? entry("decision", rest) : missing("/decide", "what was decided", "fail over to the replica")),
  "/note": (rest) => (rest ? note(rest) : missing("/note", "what to write down", "replica lag is 4 s")),
  "/at": (rest, context) => earlier(rest, context),
  "/amend": (rest, context) => amend(rest, context),
  "/pin": (rest, context) => pin(rest, context),
};

export function note(message) {
  return { command: { type: "add_timeline", message }, words: message, sort: "human" };
}

function entry(type, message) {
  return { command: { type: "add_timeline", entryType: type, message }, words: message, sort: "key decision" };
}

function earlier(rest, { now, zone, isVerb }) {
  const [, time = "", message] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  const { timestamp, problem } = timeOf(time, message ?? "", now, zone);
  if (problem) return { problem };
  if (!message) return missing("/at", "what happened then", "03:20 the alarm went off");
  const inner = then(message, time, isVerb);
  return inner.problem ? inner : { ...inner, command: { ...inner.command, timestamp } };
}

const AT_PAST = ["/decide", "/note"];

/** What happened earlier: a note, or a decision. Nothing else can be done in the past. */
function then(message, time, isVerb) {
  const [, verb = "", rest] = /^(\/\S*)\s*([\s\S]*)$/.exec(message) ?? [];
  const word = verb.toLowerCase();
  if (AT_PAST.includes(word)) return ENTRY_READERS[word](rest.trim());
  return isVerb(word) ? wrong(`/at takes a note or a decision, not ${verb}.`, `/at ${time} /decide fail over`) : note(message);
}

/** The entry that the first word numbers: `{found}`, or `{problem}`. */
function entryOf(word, find, right) {
  const number = Number(/^T?(\d+)$/i.exec(word)?.[1]);
  if (!number) return wrong(word ? `${quoted(word)} is not the number of one entry.` : "Say which entry.", right);
  const found = find(number);
  return found ? { found, number } : { problem: `T${number} is not in the timeline shown here. Check the number, or show earlier entries first.` };
}

function pin(rest, { find }) {
  const { problem, found, number } = entryOf(rest, find, "/pin T42");
  if (problem) return { problem };
  return told({ type: "amend_entry", seq: found.seq, index: found.index, pinned: true }, `Pin T${number}`);
}

function amend(rest, { find }) {
  const [, word = "", message = ""] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  const right = "/amend T42 the lag was 40 s";
  const { problem, found, number } = entryOf(word, find, right);
  if (problem) return { problem };
  if (!message) return missing("/amend", `what T${number} should say`, `T${number} the lag was 40 s`);
  return told({ type: "amend_entry", seq: found.seq, index: found.index, message }, `Correct T${number}: ${message}`);
}
