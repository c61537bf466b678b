// The composer lines that command: page, hand over, acknowledge, put off, a possible cause.
// Pure, like the rest of parse.js: only the form is read here.

import { anyOf, audienceOf, durationOf, missing, noAudience, noLength, notOne, quoted, told, wrong } from "./meaning.js";

export const COMMAND_VERBS = [
  ["/ack", "", "Acknowledge: you are on it"],
  ["/page", "@person why", "Page somebody; without a person, the next level"],
  ["/handoff", "ROLE @person words", "Offer a role to somebody"],
  ["/pause", "15m why", "Pause paging for a while"],
  ["/resume", "", "End the pause"],
  ["/snooze", "customers 15m why", "Put an update off"],
  ["/hypothesis", "TEXT", "Write down a possible cause"],
];

export const COMMAND_READERS = {
  "/ack": (rest, { round } = {}) => alone("/ack", rest) ?? told({ type: "acknowledge", ...(round && { round }) }, "Acknowledge"),
  "/page": (rest, context) => page(rest, context),
  "/handoff": (rest, context) => handoff(rest, context),
  "/pause": (rest) => pause(rest),
  "/resume": (rest, context) => alone("/resume", rest) ?? resume(context),
  "/snooze": (rest) => snooze(rest),
  "/hypothesis": (rest) => rest
    ? told({ type: "raise_hypothesis", description: rest }, `Possible cause: ${rest}`)
    : missing("/hypothesis", "what may be the cause", "the pool is too small"),
};

/** What is wrong with a verb that something follows which it would lose. */
const alone = (verb, rest) => (rest ? wrong(`${verb} stands alone: ${quoted(rest)} would be lost.`, `${verb}, and the rest as a note`) : undefined);

const resume = ({ paused } = {}) => paused === false
  ? wrong("Paging is not paused, so there is nothing to resume.", "/pause 15m to pause it")
  : told({ type: "resume_escalation" }, "Resume paging");

/** Leading @names are people; whatever follows says why. */
function page(rest, { whoIs }) {
  const [, named, reason] = /^((?:@\S+\s*)*)([\s\S]*)$/.exec(rest);
  const names = named.split(/\s+/).filter(Boolean);
  const people = names.map((name) => whoIs(name));
  const stranger = people.indexOf(undefined);
  if (stranger >= 0) return nobody(names[stranger], "/page @ada and why");
  const meant = people.length === 0 && unmarked(reason, whoIs);
  if (meant) return { problem: `Do you mean /page @${meant}? Without @ the next level is paged` };
  const command = { type: "escalate", ...(people.length && { people }), ...(reason && { reason }) };
  const whom = people.length ? people.join(", ") : "the next level";
  return told(command, `Page ${whom}${reason ? `: ${reason}` : ""}`);
}

function handoff(rest, { whoIs, roles }) {
  const [, word = "", name = "", brief = ""] = /^([^@]*)(?:(@\S+)\s*([\s\S]*))?$/.exec(rest) ?? [];
  const role = roleOf(word, roles);
  if (!role) return noRole(word, whoIs, roles);
  const right = `/handoff ${word.trim()} @ada`;
  if (!name) return wrong(`Say to whom ${role.replaceAll("_", " ")} is offered.`, right);
  const to = whoIs(name);
  if (!to) return nobody(name, right);
  if (/^(?:@\S+\s*)+$/.test(brief)) return wrong(`A role is offered to one person, not to ${quoted(`${name} ${brief}`)}.`, `/handoff ${word.trim()} ${name}`);
  return told({ type: "offer_role", role, to, ...(brief && { brief }) }, `Offer ${role.replaceAll("_", " ")} to ${to}${brief ? `: ${brief}` : ""}`);
}

/** What is wrong with `word`, which names no role, or a role and somebody without @. */
function noRole(word, whoIs, roles) {
  const [first, ...others] = word.trim().split(/\s+/);
  const known = anyOf(roles.map((one) => SHORT[one] ?? one));
  if (!roleOf(first, roles)) return wrong(notOne("role", word.trim(), known), "/handoff ic @ada");
  const meant = unmarked(others.join(" "), whoIs);
  return meant ? { problem: `Do you mean /handoff ${first} @${meant}?` } : nobody(others[0], `/handoff ${first} @ada`);
}

/** Whoever the first word is about, if it is the handle of somebody without its @. */
function unmarked(text, whoIs) {
  const [word = ""] = text.split(/\s+/);
  return word && whoIs(`@${word}`) === word ? word : undefined;
}

function pause(rest) {
  const [, word = "", reason] = /^(\S+)(?:\s+([\s\S]+))?$/.exec(rest) ?? [];
  const length = durationOf(word);
  if (!length) return noLength(word, "/pause");
  return told({ type: "pause_escalation", for: length, ...(reason && { reason }) }, `Pause paging ${rest}`);
}

function snooze(rest) {
  const [, first = "", word = "", reason] = /^(\S+)(?:\s+(\S+))?(?:\s+([\s\S]+))?$/.exec(rest) ?? [];
  const [audience, length] = [audienceOf(first), durationOf(word)];
  if (!audience) return noAudience(first, `/snooze customers ${durationOf(first) ? first : length ? word : "15m"}`);
  if (!length) return noLength(word, `/snooze ${audience}`);
  return told({ type: "snooze_update", audience, for: length, ...(reason && { reason }) }, `Snooze ${rest}`);
}

const nobody = (name, right) => wrong(`Nobody is called ${quoted(name)}. People go by their handle.`, right);

const SHORT = {
  incident_commander: "ic", communications_lead: "comms", operations_lead: "ops", tech_lead: "tech", scribe: "scribe",
};
const MEANT = { commander: "incident_commander", communications: "communications_lead", operations: "operations_lead" };

/** The role that a word means: its name, its short name, or the beginning of one role alone. */
function roleOf(word, roles) {
  const wanted = word.trim().toLowerCase().replace(/[\s-]+/g, "_");
  if (!wanted) return undefined;
  const known = roles.find((role) => role === wanted || SHORT[role] === wanted || MEANT[wanted] === role);
  const begins = roles.filter((role) => role.startsWith(wanted));
  return known ?? (begins.length === 1 ? begins[0] : undefined);
}
