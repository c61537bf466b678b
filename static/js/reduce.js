// The state of a room, folded from the frames of the wire.
// Pure: no clock, no network, no page. It decides nothing; what a frame says is so.

/** RFC 7396: `target` after `patch`. Neither is changed. */
export function mergePatch(target, patch) {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged); // defines own members, so "__proto__" is a name like any other
}

/** The room as `GET` or a snapshot frame tells it. */
export function roomFrom({ timeline = [], actions = [], ...incident }) {
  const byId = Object.fromEntries(actions.map((action) => [action.id, action]));
  return { incident: { ...incident, actions: byId }, seq: incident.seq ?? 0, entries: timeline };
}

/** The room after a commit; a commit that is already in it changes nothing. */
export function applyCommit(state, frame) {
  if (frame.seq <= state.seq) return state;
  return {
    incident: mergePatch(state.incident, frame.patch ?? {}),
    seq: frame.seq,
    entries: frame.entries.reduce(withEntry, state.entries),
  };
}

/** The room with older entries put before those that it has. */
export function withEarlier(state, older) {
  const first = state.entries[0]?.number ?? Infinity;
  const before = older.filter((entry) => entry.number < first);
  return before.length ? { ...state, entries: [...before, ...state.entries] } : state;
}

function withEntry(entries, entry) {
  const mark = MARKS[entry.kind];
  const number = entry.data?.entry;
  if (!mark || number === undefined) return [...entries, entry];
  const marked = entries.map((earlier) => (mark.concerns(earlier, number) ? mark.change(earlier, entry) : earlier));
  return [...marked, entry];
}

const isIt = (earlier, number) => earlier.number === number;
const isItOrItsCorrection = (earlier, number) =>
  isIt(earlier, number) || (earlier.kind === "entry_amended" && earlier.data?.entry === number);

/** Entries that speak of an earlier one, and what becomes of that one. */
const MARKS = {
  entry_amended: {
    concerns: isIt,
    change: (earlier, { message, author, timestamp, number }) => ({
      ...earlier,
      amended: { message, by: author, at: timestamp, number },
    }),
  },
  entry_pinned: { concerns: isIt, change: (earlier) => ({ ...earlier, pinned: true }) },
  entry_unpinned: { concerns: isIt, change: (earlier) => ({ ...earlier, pinned: false }) },
  entry_redacted: {
    concerns: isItOrItsCorrection,
    change: (earlier) => ({
      ...earlier,
      redacted: true,
      message: REDACTED,
      amended: null,
      data: withoutText(earlier.data ?? {}),
    }),
  },
};

const REDACTED = "[redacted]";
const WRITTEN = new Set(["title", "description", "reason", "impact"]);
const CLEARED = { metadata: {}, links: [] };

function withoutText(data) {
  const cleared = ([name, value]) => [name, WRITTEN.has(name) && value ? REDACTED : (CLEARED[name] ?? value)];
  return Object.fromEntries(Object.entries(data).map(cleared));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
