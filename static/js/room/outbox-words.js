// What a kept command does, in the words of its button, and how many there are of which sort.
// Pure but for names: whoever is named is looked up among the people of the page.

import { nameOf } from "./names.js";
import { AUDIENCES, roleInWords, stateWord } from "./words.js";

/** {kind, text}: "Note" and what it says, or "Start ACT-5" and nothing more. */
export function told({ command, words }) {
  const [kind, text = ""] = (SAYS[command.type] ?? (() => [words || "Change"]))(command);
  return { kind, text };
}

const SAYS = {
  add_timeline: ({ entryType, message }) => [entryType === "decision" ? "Decision" : "Note", message],
  add_action: ({ description }) => ["Propose a fix", description],
  update_action: (command) => [`${doing(command)} ${command.action}`, command.override ?? command.reason ?? ""],
  update_incident: (command) => [`Change ${Object.keys(command).filter((name) => FIELDS[name]).map((name) => FIELDS[name]).join(", ")}`, command.title ?? command.description ?? command.reason],
  set_status: ({ reason, ...state }) => [`State: ${stateWord(state)}`, reason],
  assign_role: ({ role, assignee }) => [assignee === "me" ? `Take ${roleInWords(role)}` : `Give ${roleInWords(role)} to ${nameOf(assignee)}`],
  release_role: ({ role }) => [`Give up ${roleInWords(role)}`],
  offer_role: ({ role, to, brief }) => [`Offer ${roleInWords(role)} to ${nameOf(to)}`, brief],
  withdraw_offer: ({ role }) => [`Withdraw the offer of ${roleInWords(role)}`],
  accept_role: ({ role }) => [`Accept ${roleInWords(role)}`],
  decline_role: ({ role, reason }) => [`Decline ${roleInWords(role)}`, reason],
  acknowledge: () => ["Acknowledge"],
  escalate: ({ people = [], reason }) => [people.length ? `Page ${people.map(nameOf).join(", ")}` : "Page the next level", reason],
  pause_escalation: ({ reason }) => ["Pause paging", reason],
  resume_escalation: () => ["Resume paging"],
  snooze_update: ({ audience, reason }) => [`Put off the update to ${AUDIENCES[audience] ?? audience}`, reason],
  apply_policy: () => ["Apply the newest policy"],
  raise_hypothesis: ({ description }) => ["Possible cause", description],
  judge_hypothesis: ({ hypothesis, reason }) => [`Judge ${hypothesis}`, reason],
  post_update: ({ audience, message }) => [`Update to ${AUDIENCES[audience] ?? audience}`, message],
  amend_entry: ({ message, pinned }, words = "") => [message === undefined ? (pinned ? "Pin an entry" : "Unpin an entry") : "Correct an entry", message ?? words],
};

const FIELDS = {
  title: "the title", description: "the summary", severity: "the severity", drill: "what is a drill", health: "what works",
  affectedServices: "the services", affectedRegions: "the regions", links: "the links",
};

function doing({ status, approved, runAfter, owner }) {
  if (status) return { "in-progress": "Start", completed: "Finish", abandoned: "Abandon" }[status] ?? "Change";
  if (approved !== undefined) return approved ? "Approve" : "Take back the approval of";
  if (runAfter !== undefined) return runAfter ? "Queue" : "Do not wait with";
  return owner ? "Give away" : "Change";
}

/** "2 notes and 1 change" */
export function counted(records) {
  const sorts = { note: 0, update: 0, change: 0 };
  for (const { command } of records) sorts[SORTS[command.type] ?? "change"] += 1;
  const words = Object.entries(sorts).filter(([, count]) => count).map(([sort, count]) => `${count} ${sort}${count > 1 ? "s" : ""}`);
  return words.length > 2 ? `${words[0]}, ${words[1]} and ${words[2]}` : words.join(" and ");
}

const SORTS = { add_timeline: "note", post_update: "update" };

/** The line of the composer that would write it again, where there is one. */
export function lineOf({ command, written }) {
  if (written) return written;
  const { message, audience, description } = command;
  return {
    add_timeline: () => message,
    post_update: () => `/update ${audience} ${message}`,
    raise_hypothesis: () => `/hypothesis ${description}`,
    add_action: () => `/fix ${description}`,
  }[command.type]?.() ?? "";
}
