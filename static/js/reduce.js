// The state of a room, folded from the frames of the wire.
// Pure: no clock, no network, no page. It decides nothing; what a frame says is so.

import { logOf } from "./entries.js";

const REDACTED = "[redacted]";
const WRITTEN = new Set(["title", "description", "reason", "impact", "why"]);
const CLEARED = { metadata: {}, links: [] };
const UNEXPLAINED = new Set(["people", "skipped"]); // lists of who it was, each with its `why`
const LANDMARKS = new Set(["decision", "communication", "escalation", "role", "milestone"]);

/** RFC 7396: `target` after `patch`. Neither is changed; what stays as it was is the same object. */
export function mergePatch(target, patch) {
  if (!isObject(patch)) return alike(target, patch) ? target : patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  let same = isObject(target);
  for (const [name, value] of Object.entries(patch)) {
    const before = merged.get(name);
    const after = value === null ? undefined : mergePatch(before, value);
    same &&= before === after && merged.has(name) === (value !== null);
    if (value === null) merged.delete(name);
    else merged.set(name, after);
  }
  return same ? target : Object.fromEntries(merged); // defines own members, so "__proto__" is a name like any other
}

const alike = (one, other) => Array.isArray(one) && Array.isArray(other) && JSON.stringify(one) === JSON.stringify(other);

/** What the room is told by, wherever it is scrolled to: kept however old it is. */
export const isLandmark = ({ type, pinned }) => LANDMARKS.has(type) || pinned === true;

/** The room as `GET` or a snapshot frame tells it. `landmarks` are those among its newest entries. */
export function roomFrom({ timeline = [], actions = [], ...incident }) {
  const byId = Object.fromEntries(actions.map((action) => [action.id, action]));
  return {
    incident: { ...incident, actions: byId },
    seq: incident.seq ?? 0,
    entries: logOf(timeline),
    landmarks: logOf(timeline.filter(isLandmark)),
    knowsLandmarks: (timeline[0]?.number ?? 1) <= 1,
  };
}

/** The room after a commit; a commit that is already in it changes nothing. */
export function applyCommit(state, frame) {
  if (frame.seq <= state.seq) return state;
  const incident = mergePatch(state.incident, frame.patch ?? {});
  const entries = frame.entries.reduce(withEntry, state.entries);
  const landmarks = frame.entries.reduce((known, entry) => withLandmark(known, entry, entries), state.landmarks ?? logOf());
  return { ...state, incident, seq: frame.seq, entries, landmarks };
}

/** The room with older entries put before those that it has. */
export function withEarlier(state, older) {
  const entries = state.entries.withEarlier(older);
  return entries === state.entries ? state : { ...state, entries };
}

/** The room with the landmarks that a request found, and with the marks of `since`, which it may not know. */
export function withLandmarks(state, found, since = []) {
  const known = [...state.landmarks].reduce((log, entry) => log.including(entry), logOf(found));
  return { ...state, landmarks: marked(known, since), knowsLandmarks: true };
}

/** `log` with what `entries` say of earlier ones; they are not put into it. */
export const marked = (log, entries) =>
  entries.reduce((known, entry) => MARKS[entry.kind]?.(known, entry) ?? known, log);

const withEntry = (entries, entry) => marked(entries, [entry]).with([entry]);

function withLandmark(landmarks, entry, entries) {
  const pinned = entry.kind === "entry_pinned" && entries.byNumber(entry.data?.entry);
  const known = pinned ? landmarks.including(pinned) : marked(landmarks, [entry]);
  return isLandmark(entry) ? known.with([entry]) : known;
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
  const data = Object.fromEntries(Object.entries(entry.data ?? {}).map(([name, value]) => [name, cleared(name, value)]));
  return { ...entry, message: REDACTED, data, ...(entry.attachments && { attachments: [] }) };
}

function cleared(name, value) {
  if (WRITTEN.has(name) && value) return REDACTED;
  if (!UNEXPLAINED.has(name) || !Array.isArray(value)) return CLEARED[name] ?? value;
  return value.map((one) => (one?.why === undefined ? one : { ...one, why: REDACTED }));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
