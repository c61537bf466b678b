// The composer lines that command: page, hand over, acknowledge, put off, a possible cause.
// Pure, like the rest of parse.js: only the form is read here.

import { slips } from "../nearly.js";
import { alone, anyOf, audienceOf, durationOf, missing, noAudience, noLength, notOne, quoted, told, wrong } from "./meaning.js";

export const COMMAND_VERBS = {
  "/page": ["@person why", "Page somebody; without a person, the next level"],
  "/handoff": ["ROLE @person words", "Offer a role to somebody"],
  "/ack": ["", "Acknowledge: you are on it"],
  "/ic": ["@person", "Take incident command, or give it to somebody"],
  "/comms": ["@person", "Take communications, or give them to somebody"],
  "/ops": ["@person", "Take operations, or give them to somebody"],
  "/tech": ["@person", "Take the technical lead, or give it to somebody"],
  "/scribe": ["@person", "Write the log, or ask somebody to"],
  "/pause": ["15m why", "Pause paging for a while"],
  "/resume": ["", "End the pause"],
  "/snooze": ["customers 15m why", "Put an update off"],
  "/hypothesis": ["TEXT", "Write down a possible cause"],
};

export const COMMAND_READERS = {
  "/ack": (rest, { round } = {}) => alone("/ack", rest) ?? told({ type: "acknowledge", ...(round && { round }) }, "Acknowledge"),
  "/page": (rest, context) => page(rest, context),
  "/handoff": (rest, context) => handoff(rest, context),
  ...Object.fromEntries(["ic", "comms", "ops", "tech", "scribe"].map((role) => [`/${role}`, (rest, context) => assign(role, rest, context)])),
  "/pause": (rest) => pause(rest),
  "/resume": (rest, context) => alone("/resume", rest) ?? resume(context),
  "/snooze": (rest) => snooze(rest),
  "/hypothesis": (rest) => rest
    ? told({ type: "raise_hypothesis", description: rest }, `Possible cause: ${rest}`)
    : missing("/hypothesis", "what may be the cause", "the pool is too small"),
};

const resume = ({ paused } = {}) => paused === false
  ? wrong("Paging is not paused, so there is nothing to resume.", "/pause 15m to pause it")
  : told({ type: "resume_escalation" }, "Resume paging");

/** Leading @names are people; whatever follows says why. */
function page(rest, { whoIs, people: known }) {
  const [, named, words] = /^((?:@\S+\s*)*)([\s\S]*)$/.exec(rest);
  const names = named.split(/\s+/).filter(Boolean);
  const people = names.map((name) => whoIs(name));
  const stranger = people.indexOf(undefined);
  if (stranger >= 0) return nobody(names[stranger], `/page @${unmarked(names[stranger].slice(1), known)[0] ?? "ada"} and why`);
  const meant = people.length ? [] : unmarked(words, known);
  if (meant.length) return { problem: `Do you mean /page ${anyOf(meant.map((handle) => `@${handle}`))}? For the next level: /page next level: why` };
  const reason = people.length ? words : words.replace(/^next level\b[\s:,]*/i, "");
  const command = { type: "escalate", ...(people.length && { people }), ...(reason && { reason }) };
  const whom = people.length ? people.join(", ") : "the next level";
  return told(command, `Page ${whom}${reason ? `: ${reason}` : ""}`);
}

function handoff(rest, { whoIs, roles, people }) {
  const [, word = "", name = "", brief = ""] = /^([^@]*)(?:(@\S+)\s*([\s\S]*))?$/.exec(rest) ?? [];
  const role = roleOf(word, roles);
  if (!role) return noRole(word, people, roles);
  const right = `/handoff ${word.trim()} @ada`;
  if (!name) return wrong(`Say to whom ${role.replaceAll("_", " ")} is offered.`, right);
  const to = whoIs(name);
  if (!to) return nobody(name, right);
  if (/^(?:@\S+\s*)+$/.test(brief)) return wrong(`A role is offered to one person, not to ${quoted(`${name} ${brief}`)}.`, `/handoff ${word.trim()} ${name}`);
  return told({ type: "offer_role", role, to, ...(brief && { brief }) }, `Offer ${role.replaceAll("_", " ")} to ${to}${brief ? `: ${brief}` : ""}`);
}

/** `/ic` takes the role, `/ic @mei` gives it to mei at once; to be asked first is what /handoff is for. */
function assign(short, rest, { whoIs, roles }) {
  const role = roleOf(short, roles) ?? short;
  const [name, ...others] = rest.split(/\s+/).filter(Boolean);
  const words = role.replaceAll("_", " ");
  if (!name) return told({ type: "assign_role", role, assignee: "me" }, `Take ${words}`);
  const to = whoIs(name);
  if (!to) return nobody(name, `/${short} @ada`);
  if (others.length) return wrong(`/${short} takes one person: ${quoted(others.join(" "))} would be lost.`, `/handoff ${short} ${name} and the words`);
  return told({ type: "assign_role", role, assignee: to }, `Give ${words} to ${to}`);
}

/** What is wrong with `word`, which names no role, or a role and somebody without @. */
function noRole(word, people, roles) {
  const [first, ...others] = word.trim().split(/\s+/);
  if (!roleOf(first, roles)) return wrong(notOne("role", word.trim(), rolesInWords(roles)), "/handoff ic @ada");
  const [meant] = unmarked(others.join(" "), people);
  return meant ? { problem: `Do you mean /handoff ${first} @${meant}?` } : nobody(others[0], `/handoff ${first} @ada`);
}

const COMMON = new Set("all and any are but can for get had has her him his how its may nor not now off our out she the too was way who why you".split(" "));
const MOST = 3; // people of one name

/** The handles that the first word is, or is almost, the handle or a name of: whoever is nearest to it. */
function unmarked(text, people = {}) {
  const word = (/^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]*/u.exec(text)?.[0] ?? "").toLowerCase().replace(/[._-]+$/, "");
  const far = (one) => (one === word ? 0 : COMMON.has(word) ? undefined : slips(word, one));
  const found = Object.entries(people).map(([handle, { name }]) => {
    const known = [handle, ...(name ?? "").toLowerCase().split(/\s+/)].filter(Boolean).map(far);
    return [handle, Math.min(...known.filter((one) => one !== undefined))];
  });
  const nearest = Math.min(...found.map(([, away]) => away));
  return Number.isFinite(nearest) ? found.filter(([, away]) => away === nearest).slice(0, MOST).map(([handle]) => handle) : [];
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

/** What a role is called in a line. */
export const shortOf = (role) => SHORT[role] ?? role;
export const rolesInWords = (roles) => anyOf(roles.map(shortOf));

const SHORT = {
  incident_commander: "ic", communications_lead: "comms", operations_lead: "ops", tech_lead: "tech", scribe: "scribe",
};
const MEANT = { commander: "incident_commander", communications: "communications_lead", operations: "operations_lead" };

/** The role that a word means: its name, its short name, or the beginning of one role alone. */
export function roleOf(word, roles) {
  const wanted = word.trim().toLowerCase().replace(/[\s-]+/g, "_");
  if (!wanted) return undefined;
  const known = roles.find((role) => role === wanted || SHORT[role] === wanted || MEANT[wanted] === role);
  const begins = roles.filter((role) => role.startsWith(wanted));
  return known ?? (begins.length === 1 ? begins[0] : undefined);
}
