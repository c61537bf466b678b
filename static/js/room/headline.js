// The browser's tab: what is due, how bad, in which state. Readable while another tab is open.

import { effect } from "../../vendor/signals/signals-core.js";
import { showIcon } from "../favicon.js";
import { live } from "../state.js";
import { clock, now, urgency } from "../time.js";
import { nextUpdate } from "./next-line.js";
import { isOver, stateWord } from "./words.js";
import { isPaged } from "./yours.js";

export function headline() {
  effect(() => {
    document.title = titleOf(live.value.incident, nextUpdate.value, now.value);
  });
  effect(() => {
    const { incident } = live.value;
    const late = urgency(nextUpdate.value?.at, now.value) === "late";
    showIcon({ severity: incident.severity, words: incident.severity, alarm: late || isPaged.value, stale: isOver(incident) });
  });
}

/** (4:39) SEV1 Fixing · INC-7 */
export function titleOf(room, next, at) {
  const left = next ? Date.parse(next.at) - at : null;
  const due = left === null ? "" : `(${left < 0 ? "late " : ""}${clock(Math.abs(left))}) `;
  return `${due}SEV${room.severity} ${stateWord(room)} · ${room.id}`;
}
