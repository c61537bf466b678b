// What the war room knows, as signals. Every panel reads from here.
// Nothing is decided here: the room changes only by what the server sends.

import { computed, signal } from "../vendor/signals/signals-core.js";
import { logOf } from "./entries.js";
import { perPicture } from "./frames.js";
import { applyCommit, marked, roomFrom, withEarlier, withLandmarks } from "./reduce.js";

export const me = signal({ handle: "", name: "", role: "" });
export const people = signal({});
/** The room as the wire keeps it. */
export const live = signal(null);
/** The room at a moment of the past while it is replayed, or null. */
export const past = signal(null);
export const room = computed(() => past.value ?? live.value);
/** Nobody acts in the past. */
export const mayAct = computed(() => past.value === null);
export const presence = signal([]);
export const link = signal({ phase: "wait", note: "", heardAt: Date.now(), offset: null });

/** The incident without what every commit changes: whoever reads it hears only of the rest. */
export const incident = computed(() => (known = steady(known, room.value.incident)));
export const entries = computed(() => room.value.entries);
/** Decisions, updates, pages, roles, milestones and what is pinned, however old; `knowsLandmarks` tells
 * whether the older ones are there yet. */
export const landmarks = computed(() => (past.value ? upTo(past.value.entries.last) : live.value.landmarks));
export const roles = computed(() => incident.value.roles ?? {});
const byId = computed(() => incident.value.actions ?? {});
export const actions = computed(() => Object.values(byId.value).sort((a, b) => ordinal(a.id) - ordinal(b.id)));

/** A part of the log that somebody reads apart from its end, or null. */
export const held = signal(null);
/** What the timeline shows. */
export const shown = computed(() => held.value ?? entries.value);
/** Entry T`number` as far as this page knows it. */
export const entryOf = (number) => [entries, shown, landmarks].map((log) => log.value.byNumber(number)).find(Boolean);
/** Whether somebody has scrolled back: what they read stays, however much comes after. */
export const readsBack = signal(false);

/** Entries that a page holds; older ones are fetched again when somebody goes there. */
export const MOST = 2_000;
const SLACK = 200;
const FLEETING = new Set(["seq", "entries", "updatedTime"]);
let known = null;

function steady(before, after) {
  const names = Object.keys(after);
  const same = before && names.length === Object.keys(before).length;
  return same && names.every((name) => FLEETING.has(name) || before[name] === after[name]) ? before : after;
}

const upTo = (last) => logOf([...live.value.landmarks].filter(({ number }) => number <= (last?.number ?? 0)));

export function begin(boot) {
  me.value = boot.me;
  people.value = boot.people;
  live.value = roomFrom(boot.incident);
}

const listeners = [];

/** `told(frame)` hears of every commit once it is in the room. */
export function afterCommit(told) {
  listeners.push(told);
}

/** What the wire tells, a picture's worth at a time. */
export const receive = perPicture((frame) => TAKES[frame.type]?.(frame));

const TAKES = {
  snapshot: (frame) => {
    live.value = roomFrom({ ...frame.incident, seq: frame.seq });
    held.value = null; // it may lack what was said meanwhile
  },
  commit: (frame) => {
    live.value = cut(applyCommit(live.value, frame));
    if (held.value) held.value = marked(held.value, frame.entries);
    meet(frame.entries.flatMap(({ author, data }) => [author, ...namedIn(data)]));
    listeners.forEach((told) => told(frame));
  },
  presence: (frame) => {
    presence.value = frame.people;
    meet(frame.people.map(({ handle }) => handle));
  },
};

/** The handles that an entry's facts name. */
function namedIn({ holder, owner, to, person, next, people = [] } = {}) {
  return [holder, owner, to, person, next, ...people.map((one) => one.person ?? one)];
}

const asked = new Set(); // handles that nobody had when we asked: systems, mostly

/** Looks strangers up: people may be added while the room is open. */
async function meet(handles) {
  const strangers = handles.filter((one) => one && !(one in people.value) && !asked.has(one));
  if (!strangers.length) return;
  strangers.forEach((one) => asked.add(one));
  const answer = await fetch("/api/people?limit=500").catch(() => null);
  if (!answer?.ok) return strangers.forEach((one) => asked.delete(one));
  const everyone = (await answer.json()).map(({ handle, name }) => [handle, { name }]);
  people.value = { ...people.value, ...Object.fromEntries(everyone) };
}

/** Drops the oldest of too many; whoever reads among those goes on apart from the end. */
function cut(room) {
  if (room.entries.length <= MOST + SLACK || past.value) return room;
  if (readsBack.value) held.value ??= room.entries;
  return { ...room, entries: room.entries.newest(MOST) };
}

/** Older entries, found by going back: the log grows by them, or what is read apart from its end does. */
export function addEarlier(older) {
  if (held.value) held.value = held.value.withEarlier(older).oldest(MOST);
  else if (past.value) past.value = withEarlier(past.value, older);
  else if (entries.value.length + older.length <= MOST) live.value = withEarlier(live.value, older);
  else held.value = entries.value.withEarlier(older).oldest(MOST);
}

/** Newer entries after those that are read apart from the end; once they reach it, they are the log. */
export function addLater(newer) {
  const grown = held.value.with(newer).newest(MOST);
  const reaches = grown.last.number >= (entries.value.last?.number ?? 0);
  held.value = reaches ? null : grown;
  if (!reaches) return;
  const kept = past.value ? past : live;
  kept.value = { ...kept.value, entries: grown };
}

export function learnLandmarks(found, since) {
  live.value = withLandmarks(live.value, found, since);
}

function ordinal(id) {
  return Number(id.slice(id.lastIndexOf("-") + 1));
}
