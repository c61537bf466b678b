// Which rows of the log are in the page: those in view and some around them. What is above and
// below is two spaces as high as its rows were, or probably are; what is read stays where it is.

const AROUND = 40; // rows on either side of the view
const BEFORE_END = 10; // rows before the view at the end of the log, where few look back and all is drawn at each line
const FIRST = { wide: 28, narrow: 44 }; // px of the screen for each row that is drawn before the log was measured: enough to fill it
const NARROW = 760; // px, as in layout.css
const STEP = 10; // rows by which the part moves, so that not every line moves it
const LEAST = 22; // px: no row is lower
const GUESS = { entry: 44, fold: 30, day: 30, gap: 30 }; // px of rows that were never drawn
const REMEMBERED = 8_000; // heights

export class Drawn {
  from = 0;
  to = 0;
  above = 0; // px of the rows that are not drawn, on either side
  below = 0;
  #rows = [];
  #height = null; // px of the log that can be seen; null until it was laid out
  #log;
  #list;
  #heights = new Map(); // key -> px
  #anchor = null; // {key, number, top}: the first row in view, and how far below the log's top it begins

  constructor(log, list) {
    [this.#log, this.#list] = [log, list];
  }

  /** The log is as high as it is now. Until this was told few rows are drawn: a page has much to do at first. */
  resized() {
    this.#height = this.#log.clientHeight;
    this.#measure();
  }

  /** Remembers how high the rows are that are new. To be told once they were laid out: then it costs nothing. */
  learn() {
    for (const row of this.#lines()) if (!this.#heights.has(row.dataset.row)) this.#remember(row);
  }

  /** Settles which of `rows` are drawn now: all, those at the end, or those around what is read. */
  choose(rows, { atEnd, all }) {
    if (!atEnd) this.note();
    const [from, to] = all ? [0, rows.length] : this.#range(rows, atEnd);
    if (rows !== this.#rows || from !== this.from || (to < this.to && !all)) {
      if (!atEnd) this.#measure(); // at the end every row was learned when it was laid out
      this.above = sum(rows, 0, from, (row) => this.#heightOf(row));
    }
    this.below = sum(rows, to, rows.length, (row) => this.#heightOf(row));
    [this.#rows, this.from, this.to] = [rows, from, to];
    return rows.slice(from, to);
  }

  /** Whether the rows that are drawn are no longer those around what is in view. */
  isOff() {
    this.note();
    const [from, to] = this.#range(this.#rows, false);
    return from !== this.from || to !== this.to;
  }

  /** The next rows are those around row `key`, which comes to stand `top` px below the log's top. */
  meet({ key, number }, top) {
    this.#anchor = { key, number, top, isGoal: true };
  }

  /** The first row in view: {key, number, top}. */
  place() {
    this.note();
    return this.#anchor;
  }

  /** Puts the row that was in view back to where it was. */
  restore() {
    const row = this.#anchor && this.#lines().find(({ dataset }) => dataset.row === this.#anchor.key);
    if (!row) return;
    this.#anchor.isGoal = false;
    const top = row.getBoundingClientRect().top - this.#log.getBoundingClientRect().top;
    if (Math.abs(top - this.#anchor.top) >= 1) this.#log.scrollTop += top - this.#anchor.top;
  }

  /** Remembers what is in view. */
  note() {
    if (this.#anchor?.isGoal) return;
    const top = this.#log.getBoundingClientRect().top;
    const seen = this.#lines().find((row) => !row.matches(".day") && row.getBoundingClientRect().bottom > top + 1);
    const starts = seen ? seen.getBoundingClientRect().top - top : Infinity;
    const isSpace = starts >= this.#log.clientHeight || (starts > 1 && this.from > 0 && seen.dataset.row === this.#first);
    this.#anchor = isSpace ? this.#guessed() : anchorOf(seen, starts);
  }

  /** The first row that is drawn, if it can be held on to: a day's line sticks to the top. */
  get #first() {
    return this.#rows.slice(this.from, this.to).find(({ row }) => row !== "day")?.key;
  }

  #range(rows, atEnd) {
    if (this.#height === null && atEnd) return [Math.max(0, rows.length - fillsScreen()), rows.length];
    const seen = Math.ceil((this.#height ?? innerHeight) / LEAST);
    const at = atEnd || !this.#anchor ? rows.length - seen : this.#indexOf(rows, this.#anchor);
    const from = Math.max(0, Math.floor((at - (atEnd ? BEFORE_END : AROUND)) / STEP) * STEP);
    const to = Math.min(rows.length, Math.ceil((at + seen + AROUND) / STEP) * STEP);
    return [from, Math.max(from, atEnd ? rows.length : to)];
  }

  #indexOf(rows, { key, number }) {
    const exact = rows.findIndex((row) => row.key === key);
    if (exact >= 0) return exact;
    const next = rows.findIndex(({ entry }) => entry.number >= number);
    return next < 0 ? rows.length - 1 : next;
  }

  #guessed() {
    let left = this.#log.getBoundingClientRect().top - this.#list.getBoundingClientRect().top;
    const at = this.#rows.findIndex((row) => (left -= this.#heightOf(row)) < 0);
    const row = this.#rows.at(at);
    return row ? { key: row.key, number: row.entry.number, top: -(left + this.#heightOf(row)) } : null;
  }

  #lines() {
    return [...this.#list.children].filter(({ dataset }) => dataset.row);
  }

  #measure() {
    this.#lines().forEach((row) => this.#remember(row));
  }

  #remember({ dataset, offsetHeight }) {
    if (this.#heights.size > REMEMBERED) this.#heights.clear();
    this.#heights.set(dataset.row, offsetHeight);
  }

  #heightOf({ key, row }) {
    return this.#heights.get(key) ?? GUESS[row];
  }
}

function sum(rows, from, to, heightOf) {
  let height = 0;
  for (let at = from; at < to; at += 1) height += heightOf(rows[at]);
  return height;
}

const anchorOf = ({ dataset }, top) => ({ key: dataset.row, number: Number(dataset.at), top });

const fillsScreen = () => Math.ceil(screen.height / (screen.width > NARROW ? FIRST.wide : FIRST.narrow));
