// The browser's tab: what is due, how bad, in which state. Readable while another tab is open.
// Nothing is done where none of that has changed: commits come many times a second.

import { computed, effect } from "../../vendor/signals/signals-core.js";
import { showIcon } from "../favicon.js";
import { live } from "../state.js";
import { clock, now, urgency } from "../time.js";
import { nextUpdate } from "./next-line.js";
import { isOver, stateWord } from "./words.js";
import { isPaged } from "./yours.js";

const words = computed(() => {
  const { incident } = live.value;
  return `SEV${incident.severity} ${stateWord(incident)} · ${incident.id}`;
});
const severity = computed(() => live.value.incident.severity);
const over = computed(() => isOver(live.value.incident));

/** (4:39) or (late 0:12), before the words; nothing where no update is promised. */
const due = computed(() => {
  if (!nextUpdate.value) return "";
  const left = Date.parse(nextUpdate.value.at) - now.value;
  return `(${left < 0 ? "late " : ""}${clock(Math.abs(left))}) `;
});
const alarm = computed(() => isPaged.value || urgency(nextUpdate.value?.at, now.value) === "late");

export function headline() {
  effect(() => {
    document.title = due.value + words.value;
  });
  effect(() => showIcon({ severity: severity.value, words: severity.value, alarm: alarm.value, stale: over.value }));
}
