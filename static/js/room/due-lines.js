// Two promises without a clock of their own: a commander, and the end by the severity's target.
// Quiet while there is time, solid once it has passed.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { incident, landmarks } from "../state.js";
import { bothZones, clock, clockNow, minuteOfDay, span } from "../time.js";
import { nameOf } from "./names.js";
import { ticking } from "./panel.js";
import { isOver } from "./words.js";

const left = (iso) => Date.parse(iso) - clockNow.value;

/** The last time somebody was paged because nobody leads, while that is still so. */
const called = computed(() => {
  const last = landmarks.value.findLast(({ kind, data }) =>
    kind === "commander_missing" || (kind.startsWith("role_") && data?.role === "incident_commander" && data.holder));
  return last?.kind === "commander_missing" && !incident.value.commander ? last : null;
});

/** What becomes of it that nobody commands: who is paged for it, and when. */
export function commandDue() {
  if (isOver(incident.value)) return nothing;
  if (called.value) return missing(called.value);
  const { commandDueAt: due } = incident.value;
  if (!due) return nothing;
  return html`<p class="role-meta" title=${bothZones(due)}>${ticking(() =>
    left(due) > 0 ? `paging in ${clock(left(due))}` : "paging now")}</p>`;
}

function missing({ timestamp, data: { since, people = [] } }) {
  const names = people.map(({ person }) => nameOf(person)).join(", ");
  return html`<p class="role-meta"><b class="late-b">missing for ${ticking(() => span(-left(since)))}</b>
    <span title=${bothZones(timestamp)}>${names ? `${names} paged ${minuteOfDay(timestamp)}` : "nobody to page"}</span></p>`;
}

const ANEW = new Set(["severity_changed", "policy_applied", "reopened"]);

/** {at, late}: when it is to be resolved by; the state forgets a target that was missed, the log does not. */
const target = computed(() => {
  if (isOver(incident.value)) return null;
  if (incident.value.resolveDueAt) return incident.value.resolveDueAt;
  const last = landmarks.value.findLast(({ kind }) => kind === "resolve_target_missed" || ANEW.has(kind));
  return last?.kind === "resolve_target_missed" ? last.data.resolveBy : null;
});

/** The line under the elapsed time. */
export function resolveDue() {
  const at = target.value;
  if (!at) return nothing;
  const words = () => (left(at) < 0 ? `target ${span(-left(at))} ago` : `target ${minuteOfDay(at)}`);
  const more = () => (left(at) < 0 ? "" : `, in ${span(left(at))}`);
  return html`<dd class="target" data-level=${ticking(() => (left(at) < 0 ? "late" : "calm"))} title=${bothZones(at)}>
    <span>${ticking(words)}</span><i>${ticking(more)}</i></dd>`;
}
