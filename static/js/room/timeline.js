// The timeline: filters, the rows that are in view, what is being sent.
// How a row looks is in row.js, which rows there are in rows.js, which are drawn in drawn.js.

import { html, nothing, render } from "../../vendor/lit/lit-html.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { batch, effect, signal } from "../../vendor/signals/signals-core.js";
import { held, past } from "../state.js";
import { Drawn } from "./drawn.js";
import { earlierRow, hasFailed, isFetching, showEarlier, showLater } from "./earlier.js";
import { follow } from "./follow.js";
import { icon } from "./icon.js";
import { copyLines } from "./copied.js";
import { mutedLine } from "./muting.js";
import { rateLine } from "./rate.js";
import { drawRow } from "./row.js";
import { all, counts, current, filter, found, printing, rowOf } from "./looking.js";
import { watchLandmarks } from "./landmarks.js";
import { panel } from "./panel.js";
import { pendingRows } from "./pending-rows.js";
import { FILTERS } from "./rows.js";
import { unread, watchReading } from "./unread.js";

const CLOSE = 600; // px from either end at which more is fetched

const moved = signal(0); // counts the times that other rows came into view
let drawn = null;

export const end = {}; // atEnd, toEnd, letGo, settle once the log is there

export function timeline({ chips, log, list, below }) {
  drawn = new Drawn(log, list);
  Object.assign(end, follow(log, list, { stay: () => drawn.restore(), scrolled: () => scrolled(log), grew: () => drawn.learn() }));
  list.replaceChildren();
  panel(chips, filterChips);
  effect(() => draw(log, list));
  panel(below, newBelow);
  panel(document.getElementById("notes"), () => html`${rateLine()}${mutedLine()}`);
  copyLines(list);
  watchReading(end.atEnd);
  watchLandmarks();
  effect(() => past.value && (held.value = null));
  addEventListener("beforeprint", () => (printing.value = true));
  addEventListener("afterprint", () => (printing.value = false));
}

/** Draws what is not in view at first, and keeps the rows to the height of `log` from then on. */
export function fill(log) {
  const resized = () => {
    drawn.resized();
    moved.value += 1;
    end.settle();
  };
  new ResizeObserver(resized).observe(log);
}

const filterChips = () => Object.entries(FILTERS).map(([key, [word]]) => {
  const count = counts.value[key] ?? 0;
  return html`<button type="button" aria-pressed=${filter.value === key} @click=${() => show(key)}>
    ${key === "pinned" ? icon("pin") : nothing}${word}${count ? html` <b>${count}</b>` : nothing}
  </button>`;
});

export function show(key) {
  filter.value = key;
  end.toEnd();
}

/** Remembers what is in view; the function it returns goes back there. */
export function bookmark() {
  const [under, apart, atEnd, at] = [filter.value, held.value, end.atEnd.value, drawn.place()];
  return () => {
    batch(() => ([filter.value, held.value, found.value] = [under, apart, null]));
    if (atEnd || !at) end.toEnd();
    else leaveFor(at, at.top);
  };
}

/** Goes to the row of entry `number`, which is loaded, and leaves the end for it. */
export function goToRow(number) {
  const row = rowOf(number);
  if (!row) return;
  leaveFor({ key: row.key, number }, Math.round(document.getElementById("log").clientHeight / 3));
}

function leaveFor(goal, top) {
  drawn.meet(goal, top);
  batch(() => {
    end.letGo();
    moved.value += 1;
  });
}

function draw(log, list) {
  const { rows } = all.value;
  const [atEnd, whole] = [end.atEnd.value, printing.value];
  const had = list.contains(document.activeElement);
  render(rowList(drawn.choose(rows, { atEnd, all: whole }), moved.value), list);
  for (const space of list.querySelectorAll(".space")) space.style.blockSize = `${drawn[space.dataset.side]}px`;
  if (!atEnd) end.settle(); // at its end the log is settled once it was laid out, with all else that is drawn now
  if (had && document.activeElement === document.body) log.focus({ preventScroll: true });
  if (!atEnd && filter.value === "all" && !hasFailed()) queueMicrotask(() => more(log));
}

function rowList(rows) {
  const stop = rows.some(({ row, entry }) => row === "entry" && entry.number === current.value)
    ? current.value
    : rows.findLast(({ row }) => row === "entry")?.entry.number;
  return html`
    ${earlierRow()}
    ${all.value.rows.length ? nothing : html`<li class="empty"><p>Nothing here yet under ${FILTERS[filter.value][0]}.</p></li>`}
    <li class="space" data-side="above" aria-hidden="true" ?hidden=${drawn.from === 0}></li>
    ${repeat(rows, ({ key }) => key, (row) => drawRow(row, stop))}
    <li class="space" data-side="below" aria-hidden="true" ?hidden=${drawn.below === 0}></li>
    ${pendingRows()}`;
}

/** Other rows are drawn when others come into view, and more is fetched where there is no more. */
function scrolled(log) {
  if (end.atEnd.peek()) return;
  if (drawn.isOff()) moved.value += 1;
  more(log);
}

function more(log) {
  if (end.atEnd.peek() || isFetching()) return;
  if (log.scrollTop < CLOSE) showEarlier();
  else if (held.value && log.scrollHeight - log.scrollTop - log.clientHeight < CLOSE) showLater();
}

const newBelow = () => end.atEnd.value || unread.value === 0
  ? nothing
  : html`<button class="new-below" type="button" @click=${() => end.toEnd()}>${icon("chevron-down")}${unread.value} new</button>`;
