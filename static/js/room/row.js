// One row of the log as it stands: made again only where something changed that it shows.
// How an entry looks is in entry.js.

import { nothing } from "../../vendor/lit/lit-html.js";
import { guard } from "../../vendor/lit/directives/guard.js";
import { signal } from "../../vendor/signals/signals-core.js";
import { mayAct, me, people } from "../state.js";
import { zone } from "../time.js";
import { dayRow, entryRow, foldRow, gapRow } from "./entry.js";
import { current, found, printing, toggle } from "./looking.js";
import { toolsOf } from "./tools.js";
import { undoOf } from "./undo.js";

const wholes = signal(new Set()); // numbers of entries of which all is shown, however long

/** `stop` is the number of the entry at which the Tab key stops. */
export function drawRow(row, stop) {
  if (row.row === "gap") return gapRow(row);
  if (row.row === "day") return guard([row.key, row.entry, zone.value], () => dayRow(row));
  if (row.row === "fold") return guard([row.entry, row.count, row.open, people.value], () => foldRow(row, () => toggle(row.entry.number)));
  const { entry } = row;
  const isCurrent = current.value === entry.number;
  const [isFound, whole] = [found.value === entry.number, printing.value || wholes.value.has(entry.number)];
  const undo = undoOf(entry);
  return guard([entry, undo, isCurrent, stop === entry.number, isFound, whole, zone.value, people.value, me.value.role, mayAct.value], () => entryRow(entry, {
    tools: isCurrent ? toolsOf(entry) : nothing, focusable: stop === entry.number, found: isFound, whole, unfold: () => showWhole(entry.number), undo,
  }));
}

function showWhole(number) {
  const next = new Set(wholes.value);
  if (!next.delete(number)) next.add(number);
  wholes.value = next;
}
