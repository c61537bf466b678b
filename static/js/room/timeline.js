// The timeline: filters, rows, what is new, what is being sent.
// How a row looks is in entry.js, which rows there are in rows.js.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { guard } from "../../vendor/lit/directives/guard.js";
import { repeat } from "../../vendor/lit/directives/repeat.js";
import { computed, effect, signal } from "../../vendor/signals/signals-core.js";
import { keep, kept } from "../keep.js";
import { discard, pending, tryAgain } from "../sending.js";
import { entries, incident, me, people } from "../state.js";
import { date, zone } from "../time.js";
import { draft } from "./draft.js";
import { dayRow, entryRow, foldRow, gapRow, pendingRow } from "./entry.js";
import { follow } from "./follow.js";
import { earlierRow } from "./earlier.js";
import { icon } from "./icon.js";
import { hidden, tab } from "./place.js";
import { panel } from "./panel.js";
import { FILTERS, rowsOf, visible } from "./rows.js";
import { toolsOf } from "./tools.js";

export const filter = signal("all");
export const current = signal(null); // number of the entry that is pointed at, or has the focus
export const found = signal(null); // number of the entry that a link named
const opened = signal(new Set());
const awayAfter = signal(Infinity);
const printing = signal(false); // paper cannot be unfolded
const EVERY = { has: () => true };
const readTo = signal(0);

const last = computed(() => entries.value.last?.number ?? 0);
const rows = computed(() => {
  const dayOf = ({ timestamp }) => date(timestamp, zone.value);
  return rowsOf(entries.value, { filter: filter.value, opened: printing.value ? EVERY : opened.value, awayAfter: awayAfter.value, dayOf });
});

/** How many entries came that have not been looked at. */
export const unread = computed(
  () => visible(entries.value, "all").filter(({ number }) => number > readTo.value).length,
);

export let end = null; // {atEnd, toEnd, letGo} once the log is there

export function timeline({ chips, log, list, below }) {
  panel(chips, filterChips);
  panel(list, rowList);
  end = follow(log, list);
  panel(below, newBelow);
  watchReading();
  addEventListener("beforeprint", () => (printing.value = true));
  addEventListener("afterprint", () => (printing.value = false));
}

const filterChips = () => Object.entries(FILTERS).map(([key, [word]]) => {
  const count = key === "decisions" || key === "pinned" ? visible(entries.value, key).length : 0;
  return html`<button type="button" aria-pressed=${filter.value === key} @click=${() => show(key)}>
    ${key === "pinned" ? icon("pin") : nothing}${word}${count ? html` <b>${count}</b>` : nothing}
  </button>`;
});

export function show(key) {
  filter.value = key;
  end.toEnd();
}

const rowList = () => html`
  ${earlierRow()}
  ${rows.value.length ? nothing : html`<li class="empty"><p>Nothing here yet under ${FILTERS[filter.value][0]}.</p></li>`}
  ${repeat(rows.value, ({ key }) => key, drawRow)}
  ${repeat(pending.value.filter(({ state }) => state !== "arrived"), ({ ref }) => ref, drawPending)}`;

function drawRow(row) {
  if (row.row === "gap") return gapRow();
  if (row.row === "day") return guard([row.key], () => dayRow(row));
  if (row.row === "fold") return foldRow(row, () => toggle(row.entry.number));
  const { entry } = row;
  const isCurrent = current.value === entry.number;
  const focusable = isCurrent || (current.value === null && entry.number === last.value);
  const isFound = found.value === entry.number;
  return guard([entry, isCurrent, focusable, isFound, zone.value, people.value, me.value.role], () =>
    entryRow(entry, { tools: isCurrent ? toolsOf(entry) : nothing, focusable, found: isFound }),
  );
}

const drawPending = (one) =>
  pendingRow(one, {
    again: () => tryAgain(one),
    edit: one.written && (() => takeBack(one)),
    discard: () => discard(one),
  });

function takeBack(one) {
  discard(one);
  draft.value = [one.written, draft.value].filter(Boolean).join("\n"); // what stands there is not lost for it
  document.getElementById("say").focus();
}

export function toggle(number) {
  const next = new Set(opened.value);
  if (!next.delete(number)) next.add(number);
  opened.value = next;
}

/** Opens the run that hides entry `number`, if one does. */
export function unfold(number) {
  const hides = ({ row, open, run }) => row === "fold" && !open && run.some((one) => one.number === number);
  const fold = rows.value.find(hides);
  if (fold) toggle(fold.entry.number);
}

const newBelow = () =>
  end.atEnd.value || unread.value === 0
    ? nothing
    : html`<button class="new-below" type="button" @click=${() => end.toEnd()}>
        ${icon("chevron-down")}${unread.value} new
      </button>`;

/** What was seen, and where one looked away; the browser remembers it for the next visit. */
function watchReading() {
  const seen = `seen:${incident.value.id}`;
  const before = Number(kept(seen, "0"));
  if (before > 0 && before < last.value) awayAfter.value = before;
  readTo.value = last.value;
  const away = () => {
    awayAfter.value = readTo.value;
    keep(seen, String(readTo.value));
  };
  addEventListener("blur", away);
  addEventListener("pagehide", away);
  effect(() => {
    const looking = end.atEnd.value && !hidden.value && tab.value === "timeline";
    if (looking) readTo.value = Math.max(readTo.peek(), last.value);
  });
}
