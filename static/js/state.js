// What the war room knows, as signals. Every panel reads from here.
// Nothing is decided here: the room changes only by what the server sends.

import { batch, computed, signal } from "../vendor/signals/signals-core.js";
import { applyCommit, roomFrom, withEarlier } from "./reduce.js";

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

export const incident = computed(() => room.value.incident);
export const entries = computed(() => room.value.entries);
export const roles = computed(() => incident.value.roles ?? {});
export const actions = computed(() =>
  Object.values(incident.value.actions ?? {}).sort((a, b) => ordinal(a.id) - ordinal(b.id)),
);

const TAKE_EVERY = 40; // ms
const waiting = [];
let taking = null;
let takenAt = 0;

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

/** Frames that come fast are taken together, so that a storm is drawn a few times a second. */
export function receive(message) {
  waiting.push(message);
  taking ??= setTimeout(takeAll, Math.max(0, takenAt + TAKE_EVERY - Date.now()));
}

function takeAll() {
  [taking, takenAt] = [null, Date.now()];
  batch(() => waiting.splice(0).forEach((message) => TAKES[message.type]?.(message)));
}

const TAKES = {
  snapshot: (frame) => (live.value = roomFrom({ ...frame.incident, seq: frame.seq })),
  commit: (frame) => {
    live.value = applyCommit(live.value, frame);
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

export function addEarlier(older) {
  live.value = withEarlier(live.value, older);
}

function ordinal(id) {
  return Number(id.slice(id.lastIndexOf("-") + 1));
}
