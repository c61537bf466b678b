// What the line in the composer would do, said over it before it is posted.
// What it means is known by then (parse.js); nothing is sent from here.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { date, dayInWords, now, ofDay } from "../time.js";
import { visibly } from "../unseen.js";
import { inTheWay, inWords } from "./fix-conflicts.js";
import { icon } from "./icon.js";

export function preview({ command, sort, words } = {}) {
  if (!command || (sort === "human" && !command.timestamp)) return nothing;
  const held = command.type === "add_action" ? inTheWay(command) : [];
  return html`<p class="composer-mode"><b>${SORTS[command.type](command)}${command.timestamp ? html`, <time datetime=${command.timestamp}>${moment(command.timestamp)}</time>` : nothing}</b><span><bdi>${visibly(words)}</bdi></span></p>
    ${held.length ? html`<p class="composer-mode soon">${icon("triangle-alert")}<span>${inWords(held[0])} It can be proposed, and run after that.</span></p>` : nothing}`;
}

/** The time, and the day where it is not today. */
const moment = (iso) => `${date(iso) === date(now.value) ? "" : `${dayInWords(iso)} `}${ofDay(iso).replace(/:00$/, "")}`;

const SORTS = {
  add_timeline: ({ entryType }) => (entryType === "decision" ? "Decision" : "Earlier"),
  post_update: ({ audience }) => `Update to ${audience}`,
  add_action: () => "Fix", update_incident: () => "Severity", set_status: () => "State",
  update_action: ({ action }) => action, assign_role: () => "Role",
  acknowledge: () => "Acknowledge", amend_entry: ({ pinned }) => (pinned ? "Pin" : "Correction"), escalate: () => "Page",
  offer_role: () => "Handoff", pause_escalation: () => "Pause", resume_escalation: () => "Resume",
  snooze_update: () => "Snooze", raise_hypothesis: () => "Possible cause",
};
