// The state of a room, folded from the frames of the wire.
// Pure: no clock, no network, no page. It decides nothing; what a frame says is so.

const REDACTED = "[redacted]";
const WRITTEN = new Set(["title", "description", "reason", "impact"]);
const CLEARED = { metadata: {}, links: [] };

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
  const marked = mark ? entries.map((earlier) => mark(earlier, entry)) : entries;
  return [...marked, entry];
}

/** Entries that speak of an earlier one, and what becomes of every entry before them. */
const MARKS = {
  entry_amended: ofOne(({ message, author, timestamp, number }) => ({
    amended: { message, by: author, at: timestamp, number },
  })),
  entry_pinned: ofOne(() => ({ pinned: true })),
  entry_unpinned: ofOne(() => ({ pinned: false })),
  entry_redacted: (earlier, { data }) => {
    if (earlier.number === data?.entry) return { ...withoutText(earlier), redacted: true, amended: null };
    const corrects = earlier.kind === "entry_amended" && earlier.data?.entry === data?.entry;
    return corrects ? withoutText(earlier) : earlier;
  },
};

function ofOne(change) {
  return (earlier, mark) => (earlier.number === mark.data?.entry ? { ...earlier, ...change(mark) } : earlier);
}

/** An entry that keeps who, when and what kind, but nothing that a person wrote. */
function withoutText(entry) {
  const cleared = ([name, value]) => [name, WRITTEN.has(name) && value ? REDACTED : (CLEARED[name] ?? value)];
  const data = Object.fromEntries(Object.entries(entry.data ?? {}).map(cleared));
  return { ...entry, message: REDACTED, data };
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
