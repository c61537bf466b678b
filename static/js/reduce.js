// The state of a room, folded from the frames of the wire.
// Pure: no clock, no network, no page. It decides nothing; what a frame says is so.

import { logOf } from "./entries.js";

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
  return { incident: { ...incident, actions: byId }, seq: incident.seq ?? 0, entries: logOf(timeline) };
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
  const entries = state.entries.withEarlier(older);
  return entries === state.entries ? state : { ...state, entries };
}

function withEntry(entries, entry) {
  return (MARKS[entry.kind]?.(entries, entry) ?? entries).with([entry]);
}

/** Entries that speak of an earlier one, and what becomes of the log before them. */
const MARKS = {
  entry_amended: ofOne(({ message, author, timestamp, number }) => ({
    amended: { message, by: author, at: timestamp, number },
  })),
  entry_pinned: ofOne(() => ({ pinned: true })),
  entry_unpinned: ofOne(() => ({ pinned: false })),
  entry_redacted: (entries, { data }) => {
    const corrections = [...entries].filter((one) => one.kind === "entry_amended" && one.data?.entry === data?.entry);
    const without = corrections.reduce((log, { number }) => log.changed(number, withoutText), entries);
    return without.changed(data?.entry, (one) => ({ ...withoutText(one), redacted: true, amended: null }));
  },
};

function ofOne(change) {
  return (entries, mark) => entries.changed(mark.data?.entry, (earlier) => ({ ...earlier, ...change(mark) }));
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
