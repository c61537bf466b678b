// The phases of an incident, as its tape has them. Pure: the same rules as the server's.

const OVER = new Set(["resolved", "closed", "cancelled"]);
const NAMED = new Set(["mitigated", ...OVER]);
const PHASED = new Set(["declared", "activated", "phase_changed", "reopened", ...NAMED]);

/** Where the incident stands after an entry, in one word; null where the entry changes nothing there. */
export function stateAfter({ kind, data }) {
  if (!PHASED.has(kind)) return null;
  if (NAMED.has(kind)) return kind;
  return data?.phase ?? (data?.status === "triage" ? "triage" : "active");
}

/** The phases with one more; what is told afterwards may name one too late. */
export function withPhase(phases, next) {
  const before = phases.filter(({ from }) => from < next.from);
  const begun = before.at(-1)?.state === next.state ? before : [...before, next];
  return begun.map((one, place) => ({ ...one, to: begun[place + 1]?.from ?? null }));
}

/** When the incident ended, or null; closing it later moves nothing. */
export function endOf(phases) {
  const place = phases.findLastIndex(({ state }) => !OVER.has(state)) + 1;
  return phases[place]?.from ?? null;
}
