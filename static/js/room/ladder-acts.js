// What people do about the ladder with one press: answer it, go on after a pause.

import { post } from "../sending.js";
import { incident } from "../state.js";

/** Answers the page that this page shows: a late answer to an older one is refused. */
export function acknowledge() {
  const { round } = incident.value.escalation ?? {};
  return post({ command: { type: "acknowledge", ...(round && { round }) }, words: "Acknowledge", sort: "change" });
}

export const resume = () => post({ command: { type: "resume_escalation" }, words: "Resume paging", sort: "change" });
