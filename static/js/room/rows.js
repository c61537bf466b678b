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
  people: ["People", (entry) => /human|key/.test(weighed(entry))],
  decisions: ["Decisions", (entry) => entry.type === "decision"],
  changes: ["Changes", (entry) => weighed(entry) === "change"],
  alerts: ["Alerts", (entry) => weighed(entry).startsWith("machine")],
  pinned: ["Pinned", (entry) => entry.pinned],
};

const weights = new WeakMap();

/** The weight of an entry, found once. */
function weighed(entry) {
  if (!weights.has(entry)) weights.set(entry, weight(entry));
  return weights.get(entry);
}

/** Whether an entry is a row at all: pins are not. */
export const isShown = ({ kind }) => !HIDDEN.has(kind);

/** Whether an alert is put away because its source is muted. */
export const isMuted = (entry, muted) => muted.has(entry.author) && entry.type === "alert" && !entry.pinned;

/** The entries that the timeline shows under a filter. */
export function visible(entries, filter) {
  const [, passes] = FILTERS[filter];
  return [...entries].filter((entry) => isShown(entry) && passes(entry));
}

const NOBODY = new Set();

/**
 * The rows of `log`: {log, look, rows: [{row: "day" | "gap" | "entry" | "fold", key, ...}]}. `look`
 * is {filter, opened, awayAfter, dayOf, muted}: `opened` holds the numbers at which an unfolded run
 * begins, `awayAfter` the last number seen before looking away, `dayOf` tells an entry's date.
 * `before` is what this returned last: under the same look only what is new is looked at.
 */
export function rowsOf(log, look, before = null) {
  const goesOn = before?.look === look && before.log.trunk === log.trunk && log.length >= before.log.length;
  const made = goesOn ? before.made : new Rows(look);
  for (const entry of goesOn ? log.slice(before.log.length) : log) made.add(entry);
  return { log, look, made, rows: made.rows };
}

class Rows {
  rows = [];
  #look;
  #run = []; // lines of one sort that follow each other, or one entry
  #begin = 0; // where the rows of that run begin
  #day = null;
  #gapIsDrawn = false;

  constructor({ filter = "all", opened = NOBODY, awayAfter = Infinity, muted = NOBODY, dayOf }) {
    this.#look = { passes: FILTERS[filter][1], opened, awayAfter, muted, dayOf };
  }

  add(entry) {
    const { passes, muted } = this.#look;
    if (!isShown(entry) || !passes(entry) || isMuted(entry, muted)) return;
    if (this.#goesOn(entry)) this.#run.push(entry);
    else this.#start(entry);
    this.#draw(entry);
  }

  #goesOn(entry) {
    const [first] = this.#run;
    const { dayOf, awayAfter } = this.#look;
    if (!first || !likeness(first) || likeness(first) !== likeness(entry)) return false;
    return dayOf(entry) === this.#day && first.number > awayAfter === entry.number > awayAfter;
  }

  #start(entry) {
    const day = this.#look.dayOf(entry);
    if (day !== this.#day) this.rows.push({ row: "day", key: `day ${entry.number}`, entry });
    this.#day = day;
    const isNew = entry.number > this.#look.awayAfter;
    if (isNew && !this.#gapIsDrawn && this.rows.length > 1) this.rows.push({ row: "gap", key: "gap", entry });
    this.#gapIsDrawn ||= isNew;
    this.#run = [entry];
    this.#begin = this.rows.length;
  }

  /** The rows of the run, of which `entry` is the last. */
  #draw(entry) {
    const [first] = this.#run;
    const least = isAboutFix(first) ? FOLD_FIXES_FROM : FOLD_FROM;
    const open = this.#look.opened.has(first.number);
    const fold = { row: "fold", key: `fold ${first.number}`, entry: first, run: this.#run, count: this.#run.length, open };
    if (this.#run.length > least) this.rows[this.#begin] = fold;
    if (this.#run.length < least || (open && this.#run.length > least)) this.rows.push(line(entry));
    if (this.#run.length === least) this.rows.splice(this.#begin, Infinity, fold, ...(open ? this.#run.map(line) : []));
  }
}

const line = (entry) => ({ row: "entry", key: `T${entry.number}`, entry });

/** What lines have in common that fold together: machines, or what one person did to fixes in one second. */
function likeness(entry) {
  if (entry.pinned) return "";
  if (weighed(entry) === "machine") return "machine";
  return isAboutFix(entry) ? `${entry.author} ${entry.timestamp.slice(0, 19)}` : "";
}

export const isAboutFix = (entry) => entry.kind.startsWith("action_") && weighed(entry) === "change";
