// Text that was removed while the past is looked at is gone from every moment of it, also from what
// the server told before it had removed it. Pure but for the list of what is gone.

import { logOf } from "../entries.js";
import { applyCommit, mergePatch } from "../reduce.js";

const REDACTED = "[redacted]";

const gone = []; // frames, with nothing but their redactions and the members that these emptied

/** Whether `frame` removes text; then every room is without it from now on. */
export function forgets(frame) {
  const entries = frame.entries.filter(({ kind }) => kind === "entry_redacted");
  if (entries.length) gone.push({ ...frame, entries });
  return entries.length > 0;
}

/** The room without what is gone. */
export const clean = (room) => gone.reduce(without, room);

function without(room, { seq, entries, patch = {} }) {
  const marked = applyCommit({ ...room, seq: seq - 1 }, { seq, entries, patch: {} }).entries;
  return {
    ...room,
    incident: mergePatch(room.incident, emptied(patch, room.incident)),
    entries: logOf(marked.slice(0, room.entries.length)),
  };
}

/** Of a patch only what empties a member that is there. */
function emptied(patch, target) {
  const kept = Object.entries(patch).filter(([name, value]) => target?.[name] && (value === REDACTED || isPart(value)));
  return Object.fromEntries(kept.map(([name, value]) => [name, isPart(value) ? emptied(value, target[name]) : value]));
}

const isPart = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
