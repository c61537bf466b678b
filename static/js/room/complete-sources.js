// The words that a line in the composer may go on with, out of what the room knows now.
// The likeliest come first: who is on call or here, what waits, what was just said.

import { actions, entries, incident, me, people, presence, roles } from "../state.js";
import { minuteOfDay } from "../time.js";
import { nameOf } from "./names.js";
import { shortOf } from "./parse-command.js";
import { VERBS } from "./parse.js";
import { askWhoIsOnCall, onCall } from "./on-call.js";
import { AUDIENCES, nextStates, roleInWords, roleNames, roleWord, SEVERITIES } from "./words.js";

const LOOKED_AT = 200; // entries back from the newest
const LENGTHS = [["15m", "15 minutes"], ["30m", "30 minutes"], ["1h", "an hour"], ["2h", "two hours"]];

export const sources = {
  verbs: () => VERBS.map(([verb, what, means]) => ({ insert: verb, what, means })),
  people: () => everybody().map(person),
  roles: () => roleNames(roles.value).map((role) => ({
    insert: shortOf(role), what: roleWord(role), means: roles.value[role]?.holder ? nameOf(roles.value[role].holder) : "nobody yet",
  })),
  audiences: () => Object.entries(AUDIENCES).map(([insert, what]) => ({ insert, what, means: "" })),
  severities: () => Object.entries(SEVERITIES).map(([insert, [what, means]]) => ({ insert, what, means: insert === String(incident.value.severity) ? "now" : means })),
  states: () => nextStates(incident.value).map(({ key, means }) => ({ insert: key, what: "", means })),
  lengths: () => LENGTHS.map(([insert, what]) => ({ insert, what, means: "" })),
  targets: () => places([["affected", incident.value.affectedServices], ["a fix names it", actions.value.map(({ target }) => target)]]),
  regions: () => places([["affected", incident.value.affectedRegions], ["a fix names it", actions.value.map(({ region }) => region)]])
    .concat({ insert: "*", what: "", means: "every region" }),
  toApprove: () => fixes(({ status, approved }) => status === "proposed" && !approved),
  toStart: () => fixes(({ status }) => status === "proposed"),
  toEnd: () => fixes(({ status }) => status === "in-progress"),
  toAbandon: () => fixes(({ status }) => ["proposed", "in-progress"].includes(status)),
  entries: lately,
};

/** Who is here, then who is on call, then the others by name; the writer last. */
function everybody() {
  askWhoIsOnCall();
  const here = new Set(presence.value.map(({ handle }) => handle));
  const rank = (handle) => (handle === me.value.handle ? 3 : onCall.value?.[handle] ? 0 : here.has(handle) ? 1 : 2);
  return Object.keys(people.value)
    .map((handle) => ({ handle, here: here.has(handle) }))
    .sort((one, other) => rank(one.handle) - rank(other.handle) || nameOf(one.handle).localeCompare(nameOf(other.handle)));
}

function person({ handle, here }) {
  const held = roleNames(roles.value).filter((role) => roles.value[role]?.holder === handle).map(roleInWords);
  const why = [handle === me.value.handle && "you", ...held, onCall.value?.[handle] && "on call", here && "here"];
  return { insert: `@${handle}`, what: nameOf(handle), means: why.filter(Boolean).join(", ") };
}

/** Each name once, with where it is from. */
function places(lists) {
  const known = new Map();
  for (const [means, names = []] of lists)
    for (const name of names) if (name && !known.has(name)) known.set(name, means);
  known.delete("*");
  return [...known].map(([insert, means]) => ({ insert, what: "", means }));
}

const fixes = (fits) => actions.value.filter(fits).reverse()
  .map(({ id, description, owner }) => ({ insert: id, what: description, means: owner ? nameOf(owner) : "", find: id.slice(4) }));

const WRITTEN = ["noted", "update_posted"];

/** What people lately wrote, newest first; then the other lines, which are seldom pinned by hand. */
function lately() {
  const { length } = entries.value;
  const recent = entries.value.slice(Math.max(0, length - LOOKED_AT), length);
  return [...recent].reverse().filter(({ kind, redacted }) => !kind.startsWith("entry_") && !redacted)
    .sort((one, other) => WRITTEN.includes(other.kind) - WRITTEN.includes(one.kind))
    .map(({ number, author, message, amended, timestamp }) => ({
    insert: `T${number}`, what: amended?.message ?? message, means: `${nameOf(author)} ${minuteOfDay(timestamp)}`, find: String(number),
  }));
}
