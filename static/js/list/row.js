// A row of the list, filled from a summary: the same fields that the server's `_row.html` fills.
// It knows nothing of other rows.

import { initials, nameOf, tint } from "../room/names.js";
import { people } from "../state.js";
import { visibly } from "../unseen.js";
import { told } from "./told.js";

const LEAST_SEVERE = 5;
const ENDED = ["resolved", "closed", "cancelled"];
const BLANK = document.querySelector("#row").content;
const NOBODY = BLANK.querySelector('[data-f="face"]').firstElementChild;

people.value = JSON.parse(document.querySelector("#people").textContent);

export function fillRow(row, incident) {
  const field = (name) => row.querySelector(`[data-f="${name}"]`);
  const write = (name, text) => (field(name).textContent = text);
  const ended = ENDED.includes(incident.status);

  row.dataset.id = incident.id;
  row.dataset.sev = incident.severity;
  const wanted = !ended && incident.severity < LEAST_SEVERE; // a notice waits for nobody
  const missing = incident.noCommanderSince; // for so long that somebody was paged for it
  row.dataset.lead = missing ? "missing" : wanted && !incident.commander ? "none" : "";
  row.dataset.ack = wanted && !incident.acknowledgedBy ? "none" : "";
  write("severity", incident.severity);
  write("id", incident.id);
  field("title").firstElementChild.textContent = visibly(incident.title);
  field("title").href = `/incidents/${incident.id}`;
  field("drill").hidden = !incident.drill;
  write("commander", incident.commander ? nameOf(incident.commander) : "No commander");
  write("ack", ended ? "" : incident.acknowledgedBy ? "acknowledged" : "not acknowledged");
  field("missing").hidden = !missing;
  field("missingSince").dateTime = missing ?? "";
  field("face").replaceChildren(face(incident.commander));
  fillState(field, write, incident);
  fillScope(field, incident);
  fillAbout(field, incident);
  fillPostmortem(field, write, incident, ended);
  if (incident.lastEntry) fillLast(field, write, incident.lastEntry); // some commits say nothing
  fillTimes(field, write, incident, ended);
}

function face(handle) {
  if (!handle) return NOBODY.cloneNode(true);
  const avatar = document.createElement("span");
  avatar.className = `avatar ${tint(handle)}`;
  avatar.setAttribute("aria-hidden", "true");
  avatar.textContent = initials(handle);
  return avatar;
}

function fillState(field, write, { status, phase }) {
  const name = status === "active" ? (phase ?? "active") : status;
  field("state").dataset.state = name;
  write("stateWord", name.charAt(0).toUpperCase() + name.slice(1));
}

function fillScope(field, { affectedServices, affectedRegions }) {
  for (const [name, words] of [["services", affectedServices], ["regions", affectedRegions]]) {
    field(name).textContent = field(name).title = visibly(words.join(", "));
  }
}

function fillAbout(field, { description = "" }) {
  field("about").hidden = !description;
  field("about").title = visibly(description);
  field("about").firstElementChild.textContent = visibly(description);
}

const ASKED_UP_TO = 2; // the mildest severity whose post-mortem has a date

/** Once it is resolved, what is due next is the post-mortem; a date that has passed is due no more. */
function fillPostmortem(field, write, { severity, status, nextDueAt }, ended) {
  const owed = severity <= ASKED_UP_TO && status === "resolved";
  field("pm").hidden = !ended;
  field("scope").hidden = ended;
  field("pm").dataset.level = owed && !nextDueAt ? "late" : "";
  write("pmState", !owed ? "None asked for" : nextDueAt ? "Not started" : "Overdue");
  field("pmDue").hidden = !owed || !nextDueAt;
  field("pmDueAt").dateTime = nextDueAt ?? "";
}

function fillLast(field, write, last) {
  field("last").hidden = false;
  field("lastAt").dateTime = last.timestamp;
  const [who, what] = told(last);
  write("lastBy", who);
  write("lastSaid", visibly(what));
}

function fillTimes(field, write, incident, ended) {
  const end = incident.resolutionTime ?? incident.updatedTime;
  const mitigated = incident.status === "mitigated";
  const since = ended ? end : mitigated ? incident.mitigationTime : incident.declaredTime;
  const due = ended ? end : incident.nextDueAt;
  write("sinceWord", ended || mitigated ? "since" : "declared");
  field("since").dateTime = since ?? "";
  write("elapsedWord", ended ? "lasted " : "running for ");
  field("elapsed").dateTime = incident.declaredTime ?? "";
  field("elapsed").dataset.show = ended ? "between" : "up";
  if (ended) field("elapsed").dataset.until = end;
  write("dueWord", ended ? "ended " : due ? "next due " : "nothing due ");
  field("due").dataset.level = due ? "calm" : "none";
  field("dueAt").hidden = !due;
  field("dueAt").dateTime = due ?? "";
  field("dueAt").dataset.show = ended ? "ago" : "due";
}
