// Where each rung of the ladder stands, read off the state and the entries of this round.
// Pure: what was paged and why it was them is recorded in the entries; nothing is decided here.

import { lengthOf } from "../time.js";

/**
 * [{level, page, state, call, note, at}]: `state` is "acked", "ringing", "silent" (paged, no
 * answer), "skipped" (nobody there), "missed" (due while no server ran) or "next"; `call` the
 * last page of that level; `at` the milliseconds at which it will be paged, if it will.
 */
export function rungsOf(escalation, entries) {
  const calls = callsOf(escalation, entries);
  const due = dueTimes(escalation);
  return (escalation.rungs ?? []).map((rung) => {
    const place = standing(rung.level, calls);
    return { ...rung, ...place, state: stateOf(rung.level, place, escalation), at: due.get(rung.level) ?? null };
  });
}

/** The pages of the round that runs; a round whose clocks were only set anew goes on from the one before. */
export function callsOf({ round }, entries) {
  const calls = [];
  let wanted = round;
  for (const entry of [...entries].reverse()) {
    if (entry.kind === "paged" && entry.data.round === wanted) calls.unshift(entry);
    if (entry.kind === "paged" && entry.data.round < wanted) break;
    if (entry.kind === "escalation_restarted" && entry.data.round === wanted && entry.data.climbAt) wanted -= 1;
  }
  return calls;
}

/** What last became of a level: paged, skipped for a reason, or missed. */
function standing(level, calls) {
  let found = { call: null, note: "", was: null };
  for (const call of calls) {
    const { people = [], skipped = [], missed = [] } = call.data;
    const skip = skipped.find((one) => one.level === level);
    if (skip) found = { call: found.call, note: skip.why, was: "skipped" };
    if (missed.includes(level)) found = { call: found.call, note: "", was: "missed" };
    if (call.data.level === level && people.length) found = { call, note: "", was: "silent" };
  }
  return found;
}

function stateOf(level, { was }, { level: current, acknowledgedBy, climbAt, pausedUntil, paged }) {
  if (level === current && acknowledgedBy && was === "silent") return "acked";
  if (level === current && (climbAt || pausedUntil) && paged?.length) return "ringing";
  return was ?? "next";
}

/** When the levels above the one that rings will be paged, if nothing else happens. */
function dueTimes({ rungs = [], level, climbAt, pausedUntil }) {
  const due = new Map();
  if (!climbAt || pausedUntil) return due;
  let at = Date.parse(climbAt);
  for (const rung of rungs.filter((one) => one.level > level)) {
    due.set(rung.level, at);
    at += lengthOf(rung.escalateAfter);
  }
  return due;
}

/** {by, entry, took}: who answered this round, and how many milliseconds after the last page. */
export function answerOf(escalation, entries) {
  const by = escalation.acknowledgedBy;
  const entry = by && entries.findLast(({ kind, author }) => kind === "acknowledged" && author === by);
  if (!entry) return by ? { by, entry: null, took: null } : null;
  const call = callsOf(escalation, entries).findLast(({ number }) => number < entry.number);
  return { by, entry, took: call ? Date.parse(entry.timestamp) - Date.parse(call.timestamp) : null };
}

/** Whether `handle` is being paged, and nobody has answered. */
export const rings = ({ paged = [], acknowledgedBy, climbAt, pausedUntil } = {}, handle) =>
  !acknowledgedBy && Boolean(climbAt || pausedUntil) && paged.includes(handle);

/** Whether the ladder would page somebody by itself. */
export const runs = ({ climbAt, pausedUntil, acknowledgedBy } = {}) => !acknowledgedBy && Boolean(climbAt || pausedUntil);
