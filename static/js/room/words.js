// The words of the war room for states, severities, roles and audiences.
// They name what the server allows; whether it does is the server's to say.

export const SEVERITIES = {
  1: ["Critical", "Customers cannot use the product, or data is being lost."],
  2: ["High", "An important part fails for many, with no way around it."],
  3: ["Medium", "Some are affected, or there is a way around it."],
  4: ["Low", "A nuisance; it can wait for working hours."],
  5: ["Notice", "Nothing is broken yet; keep an eye on it."],
};

export const ROLES = {
  incident_commander: "Incident commander",
  operations_lead: "Operations lead",
  communications_lead: "Communications lead",
  tech_lead: "Tech lead",
  scribe: "Scribe",
};
const WANTED_FROM = { incident_commander: 4, operations_lead: 2, communications_lead: 2 };

/** What people call a role; a policy may add some that have no words here. */
export const roleWord = (role) => ROLES[role] ?? (role.charAt(0).toUpperCase() + role.slice(1)).replaceAll("_", " ");

/** The same within a sentence: "incident commander". */
export const roleInWords = (role) => roleWord(role).toLowerCase();

/** Every role of an incident: the five in the order of the page, then those that the policy adds. */
export const roleNames = (roles = {}) =>
  [...new Set([...Object.keys(ROLES), ...Object.keys(roles)])];

const TURN = /^(.*: )?turn \d+ of ([^,:]+), .*$/;

/** Why it was somebody, as the log says it: which turn of which rhythm, only the facts of the entry tell. */
export const shortly = (why) => why.replace(TURN, "$1on call for $2");

/** Whether somebody has to take `role` at this severity; it can be taken at any. */
export const isWanted = (role, severity) => severity <= (WANTED_FROM[role] ?? 0);

export const AUDIENCES = { customers: "Customers", leadership: "Leadership", support: "Support team" };

const STATES = {
  triage: "Triage",
  investigating: "Investigating",
  identified: "Identified",
  fixing: "Fixing",
  active: "Active",
  mitigated: "Mitigated",
  resolved: "Resolved",
  closed: "Closed",
  cancelled: "Cancelled",
};

/** A state is its status, or while active its phase: one word on the page. */
export const stateKey = ({ status, phase }) => (status === "active" && phase) || status;
export const stateWord = (incident) => STATES[stateKey(incident)] ?? incident.status;

export const isOver = ({ status }) => ["resolved", "closed", "cancelled"].includes(status);

/** Over for good: only notes are added, until somebody reopens it. */
export const isFinal = ({ status }) => ["closed", "cancelled"].includes(status);

const PHASES = [
  ["investigating", "We do not know the cause yet"],
  ["identified", "The cause is known"],
  ["fixing", "A fix is under way"],
];
const MITIGATED = ["mitigated", "Customers are no longer affected"];
const RESOLVED = ["resolved", "The fault itself is gone"];
const CLOSED = ["closed", "Nothing more to do here", "Why can this be closed?"];
const CANCELLED = ["cancelled", "A false alarm, or the same as another incident", "Why is this cancelled?"];
const REOPENED = ["investigating", "It came back, or was not over", "Why is it open again?"];

/** The states it may go to now: [{key, word, means, asks}]; `asks` where a reason is required. */
export function nextStates(incident) {
  const phases = PHASES.filter(([key]) => key !== stateKey(incident));
  const next = {
    triage: [...PHASES, CANCELLED],
    active: [...phases, MITIGATED, RESOLVED, CANCELLED],
    mitigated: [RESOLVED, REOPENED, CANCELLED],
    resolved: [CLOSED, REOPENED],
    closed: [REOPENED],
  }[incident.status];
  return (next ?? []).map(([key, means, asks]) => ({ key, word: STATES[key], means, asks }));
}

/** The fields of `set_status` for a state as people say it; undefined for an unknown word. */
export function statusFields(word) {
  const key = { mitigating: "fixing", reopen: "active", reopened: "active" }[word] ?? word;
  if (["investigating", "identified", "fixing"].includes(key)) return { status: "active", phase: key };
  return key in STATES ? { status: key } : undefined;
}

/** A problem document in one sentence, with the fields that are wrong. */
export function saying(problem) {
  const [first, ...others] = (problem?.errors ?? []).map(({ loc, msg }) => `${loc.at(-1)}: ${msg}.`);
  return [first ?? problem?.detail ?? problem?.title ?? "That did not work.", ...others].join(" ");
}
