// Which rows the timeline has: entries by weight, day lines, folded runs, the place where one
// looked away. Pure; how a row looks is said in entry.js.

const FOLD_FROM = 3; // lines of machines in a row
const FOLD_FIXES_FROM = 5; // more than a hand does in a second: what somebody does now stays in sight
const HIDDEN = new Set(["entry_pinned", "entry_unpinned"]);
const SYSTEM = "system";
/** Something did not happen that should have: somebody has to act. */
const HOT = new Set(["response_missed", "update_missed", "acknowledgement_lapsed", "commander_missing", "page_undelivered", "resolve_target_missed", "action_overdue"]);
/** Who was called and what became of it: never folded away. */
const PAGING = new Set(["paged", "people_called", "acknowledgement_questioned", "escalation_ended"]);

/** The classes of an entry: how much it weighs on the page. */
export function weight({ type, kind, author, data }) {
  if (type === "decision") return "key decision";
  if (kind === "update_posted") return "key comms";
  if (HOT.has(kind) || (kind === "paged" && data?.people?.length === 0)) return "machine hot";
  if (PAGING.has(kind)) return "machine paging";
  if (kind === "action_started") return "change";
  if (type === "alert" || author === SYSTEM) return "machine";
  if (kind !== "noted") return "change";
  return type === "communication" ? "key comms" : "human";
}

export const FILTERS = {
  all: ["Everything", () => true],
  people: ["People", (entry) => /human|key/.test(weight(entry))],
  decisions: ["Decisions", (entry) => entry.type === "decision"],
  changes: ["Changes", (entry) => weight(entry) === "change"],
  alerts: ["Alerts", (entry) => weight(entry).startsWith("machine")],
  pinned: ["Pinned", (entry) => entry.pinned],
};

/** The entries that the timeline shows under a filter. */
export function visible(entries, filter) {
  const [, passes] = FILTERS[filter];
  return [...entries].filter((entry) => !HIDDEN.has(entry.kind) && passes(entry));
}

/**
 * [{row: "day" | "gap" | "entry" | "fold", key, ...}]. `opened` holds the numbers at which an
 * unfolded run begins, `awayAfter` the last number seen before looking away, `dayOf` tells an
 * entry's date.
 */
export function rowsOf(entries, { filter = "all", opened = new Set(), awayAfter = Infinity, dayOf }) {
  const rows = [];
  let day = null;
  let gapIsDrawn = false;
  for (const run of runs(visible(entries, filter), awayAfter, dayOf)) {
    const [first] = run;
    if (dayOf(first) !== day) rows.push({ row: "day", key: `day ${(day = dayOf(first))}`, entry: first });
    const isNew = first.number > awayAfter;
    if (isNew && !gapIsDrawn && rows.length > 1) rows.push({ row: "gap", key: "gap" });
    gapIsDrawn ||= isNew;
    const folds = run.length >= (isAboutFix(first) ? FOLD_FIXES_FROM : FOLD_FROM);
    const open = folds && opened.has(first.number);
    if (folds) rows.push({ row: "fold", key: `fold ${first.number}`, entry: first, run, open });
    if (!folds || open) run.forEach((entry) => rows.push({ row: "entry", key: entry.number, entry }));
  }
  return rows;
}

/** Entries one by one, but lines of one sort that follow each other on one day together. */
function runs(entries, awayAfter, dayOf) {
  const found = [];
  for (const entry of entries) {
    const first = found.at(-1)?.[0];
    const alike = first && likeness(first) && likeness(first) === likeness(entry) && dayOf(first) === dayOf(entry);
    if (alike && first.number > awayAfter === entry.number > awayAfter) found.at(-1).push(entry);
    else found.push([entry]);
  }
  return found;
}

/** What lines have in common that fold together: machines, or what one person did to fixes in one second. */
function likeness(entry) {
  if (entry.pinned) return "";
  if (weight(entry) === "machine") return "machine";
  return isAboutFix(entry) ? `${entry.author} ${entry.timestamp.slice(0, 19)}` : "";
}

export const isAboutFix = (entry) => entry.kind.startsWith("action_") && weight(entry) === "change";
