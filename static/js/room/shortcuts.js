// What can be done in the war room: by the palette, by single keys, in the list of keys.
// Parts that come later offer their own.

import { offer } from "../offers.js";
import { incident, mayAct } from "../state.js";
import { switchZone } from "../zone.js";
import { followAnchors } from "./anchors.js";
import { editSummary, editTitle } from "./band-words.js";
import { begin } from "./composer.js";
import { copy, lineOf } from "./copying.js";
import { approveFocused } from "./fixes.js";
import { acknowledge } from "./ladder-acts.js";
import { ownRoles } from "./moving.js";
import { tab } from "./place.js";
import { FILTERS } from "./rows.js";
import { show } from "./timeline.js";
import { changeSeverity, changeState, handOver, pageSomeone, propose } from "./sheets.js";
import { writeUpdate } from "./updates.js";
import { isFinal, isOver, nextStates } from "./words.js";
import { goToAnswer } from "./yours.js";

const FILTER_KEYS = { all: "e", people: "p", decisions: "d", changes: "c", alerts: "a", pinned: "i" };
const PANELS = { timeline: "the timeline", fixes: "the fixes", paging: "who is paged", comms: "the communications", people: "who is here and in which role" };
const GROUP = "This incident";

const write = (start) => () => {
  tab.value = "timeline";
  begin(start);
};

/** Whether a page waits for an answer. */
const rings = ({ round, acknowledgedBy } = {}) => round > 0 && !acknowledgedBy && !isOver(incident.value);

/** What people also call a state that it may go to. */
const STATES = { identified: "cause", fixing: "mitigating", mitigated: "mitigate", resolved: "resolve close fixed done", investigating: "reopen", closed: "close", cancelled: "cancel false alarm" };

/** [id, words, keys, what it does, whether it can be done where anybody may act, other words for it] */
const ACTIONS = () => [
  ["note", "Write a note", "n", write("")],
  ["command", "Write a command", "/", write("/")],
  ["decide", "Record a decision", "d", write("/decide ")],
  ["propose", "Propose a fix", "x", propose, () => !isFinal(incident.value)],
  ["update", "Write an update", "u", () => writeUpdate(), () => !isFinal(incident.value)],
  ["page", "Page someone", "p", pageSomeone, () => !isOver(incident.value)],
  ["hand over", "Hand a role over", "h", () => handOver(ownRoles().length === 1 ? ownRoles()[0] : undefined)],
  ["approve", "Approve the fix you are at, or go to what waits for you", "a", () => approveFocused() || goToAnswer()],
  ["acknowledge", "Acknowledge", null, acknowledge, () => rings(incident.value.escalation), "ack answer"],
  ["state", "Change the state", null, changeState, undefined, "status"],
  ...Object.entries(STATES).map(([key, also]) =>
    [`state ${key}`, `Change the state: ${key}`, null, () => changeState(key), () => nextStates(incident.value).some((next) => next.key === key), `status ${also}`]),
  ["severity", "Change the severity", null, changeSeverity, undefined, "sev"],
  ["summary", "Edit the summary", null, editSummary],
  ["title", "Edit the title", null, editTitle],
];

export function bindKeys() {
  followAnchors();
  for (const [id, words, keys, does, now = () => true, also] of ACTIONS())
    offer({ id, words, keys, group: GROUP, also, does, may: () => mayAct.value && now() });
  offer({ id: "page person", words: "Page", takes: "person", group: GROUP, may: () => mayAct.value && !isOver(incident.value), does: (handle) => write(`/page ${handle} `)() });
  offer({ id: "copy link", words: "Copy the link to this incident", group: GROUP, does: () => copy(lineOf(incident.value), document.querySelector("#band .copy")) });
  offer({ id: "post-mortem", words: "Open the post-mortem draft", group: GROUP, does: () => open(`/api/incidents/${incident.value.id}/postmortem.md`, "_blank", "noopener") });
  offer({ id: "zone", words: "Times in UTC or in your zone", keys: "z", group: "Everywhere", also: "utc local zone clock", does: switchZone });
  for (const [filter, [word]] of Object.entries(FILTERS))
    offer({ id: `show ${filter}`, words: `Show ${word.toLowerCase()}`, keys: `f ${FILTER_KEYS[filter]}`, group: "Show", does: () => show(filter) });
  for (const [panel, words] of Object.entries(PANELS))
    offer({ id: `look ${panel}`, words: `Go to ${words}`, group: "Show", does: () => goTo(panel) });
}

const IDS = { timeline: "log", fixes: "board", paging: "ladder", comms: "comms", people: "roles" };

function goTo(panel) {
  tab.value = panel;
  const place = document.getElementById(IDS[panel]);
  if (place.tabIndex < 0) place.tabIndex = -1;
  place.focus();
  place.scrollIntoView({ block: "nearest" });
}
