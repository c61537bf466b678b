// Where a row stands: open rows by severity, then by what is due next; ended rows newest first.
// With filters in the address, only what belongs there is shown: it comes and goes by itself.

import { matching } from "./matching.js";
import { fillRow } from "./row.js";

const ENDED = ["resolved", "closed", "cancelled"];
const onlyEnded = document.querySelector("[data-only-ended]") !== null; // nothing open is asked for
const known = new Map(); // id -> summary, of the rows that the lobby told us about
const { any: filtered, belongs } = matching(new URLSearchParams(location.search));

/** Brings the row of `summary` up to date: "new", "ended", "gone" or "changed". Null if it has none. */
export function place(summary) {
  const row = rowOf(summary.id);
  if (known.get(summary.id)?.seq >= summary.seq) return null;
  known.set(summary.id, summary);
  const ended = ENDED.includes(summary.status);
  if (!belongs(summary)) return row ? takeAway(row) : null;
  if (!row && ended) return null;
  const fresh = row ?? newRow();
  const wasOpen = row?.closest("[data-rows=open]");
  fillRow(fresh, summary);
  insert(fresh, ended ? "ended" : "open");
  recount();
  if (!row) return "new";
  return wasOpen && ended ? "ended" : "changed";
}

/** {count, worst} of the open incidents that the lobby told us about, whatever the filters show. */
export function openNow() {
  const open = [...known.values()].filter(({ status }) => !ENDED.includes(status));
  return { count: open.length, worst: Math.min(...open.map(({ severity }) => severity)) };
}

function rowOf(id) {
  return document.querySelector(`.row[data-id="${CSS.escape(id)}"]`);
}

/** Not under somebody's focus: it goes with the next change. */
function takeAway(row) {
  if (row.contains(document.activeElement)) return null;
  row.remove();
  recount();
  return "gone";
}

function newRow() {
  const row = document.querySelector("#row").content.firstElementChild.cloneNode(true);
  row.classList.add("fresh");
  return row;
}

/** Moves the row only where its place has changed, so that focus and hover stay. */
function insert(row, list) {
  const rows = document.querySelector(`[data-rows=${list}]`);
  const others = [...rows.children].filter((other) => other !== row);
  const before = others.find((other) => precedes(row, other, list)) ?? null;
  const stands = row.parentElement === rows && row.nextElementSibling === before;
  if (stands) return;
  const focused = row.contains(document.activeElement);
  rows.insertBefore(row, before);
  if (focused) row.querySelector(".row-link").focus();
}

function precedes(row, other, list) {
  if (list === "ended") return dueAt(row) >= dueAt(other);
  if (row.dataset.sev !== other.dataset.sev) return row.dataset.sev < other.dataset.sev;
  return (dueAt(row) || "9") < (dueAt(other) || "9"); // what has nothing due comes last
}

function dueAt(row) {
  return row.querySelector(".row-due time").dateTime;
}

function recount() {
  for (const list of ["open", "ended"]) {
    const count = document.querySelector(`[data-rows=${list}]`).childElementCount;
    document.querySelector(`[data-count=${list}]`).textContent = count;
    const section = document.querySelector(`[data-rows=${list}]`).closest("section");
    if (list === "ended") section.hidden = count === 0;
    else for (const part of section.querySelectorAll(".row-heads, .rows")) hide(part, count);
    if (list === "ended" && onlyEnded) document.querySelector("[data-empty]").hidden = count > 0;
    if (list === "open" && !filtered) document.querySelector("#open-count").firstChild.textContent = count;
  }
}

function hide(part, count) {
  part.hidden = part.matches("[data-empty]") ? count > 0 : count === 0;
}
