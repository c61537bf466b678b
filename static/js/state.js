// What the war room knows, as signals. Every panel reads from here.
// Nothing is decided here: the room changes only by what the server sends.

import { batch, computed, signal } from "../vendor/signals/signals-core.js";
import { applyCommit, roomFrom, withEarlier } from "./reduce.js";
import { newRef } from "./ledger.js";
import { serverNow } from "./time.js";

export const me = signal({ handle: "", name: "", role: "" });
export const people = signal({});
export const room = signal(null);
export const presence = signal([]);
export const link = signal({ phase: "wait", note: "", heardAt: Date.now(), offset: null });

export const incident = computed(() => room.value.incident);
export const entries = computed(() => room.value.entries);
export const roles = computed(() => incident.value.roles ?? {});
export const actions = computed(() =>
  Object.values(incident.value.actions ?? {}).sort((a, b) => ordinal(a.id) - ordinal(b.id)),
);

/** Commands on their way: [{ref, command, words, state, problem}]. `state` is "sending",
 * "arrived" (its entry is here, its ack not), "sent" (the other way round) or "failed". */
export const pending = signal([]);

const TAKE_EVERY = 40; // ms
const waiting = [];
let taking = null;
let takenAt = 0;
let wire = null;

export function begin(boot) {
  me.value = boot.me;
  people.value = boot.people;
  room.value = roomFrom(boot.incident);
}

export function travelBy(connection) {
  wire = connection;
}

/** Resolves with the ack, rejects with the problem. */
export const submit = (command) => wire.send(command);

export const mention = (message) => wire.mention(message);

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
  snapshot: (frame) => (room.value = roomFrom({ ...frame.incident, seq: frame.seq })),
  commit: (frame) => {
    room.value = applyCommit(room.value, frame);
    meet(frame.entries.flatMap(({ author, data }) => [author, ...namedIn(data)]));
    pending.value = withArrivals(pending.value, frame);
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
  room.value = withEarlier(room.value, older);
}

/** Sends `command`, shown as `words` in the log, by its `sort`, until its entry arrives. */
export function post({ command, words, sort, written = "" }) {
  const at = new Date(serverNow()).toISOString();
  const one = { ref: newRef(), command, words, sort, written, at, state: "sending", problem: null };
  pending.value = [...pending.value, one];
  return deliver(one);
}

export function tryAgain(one) {
  // The outcome of an unanswered command is unknown: the same ref finds out what happened.
  const ref = one.problem?.status === 503 ? one.ref : newRef();
  const again = { ...one, ref, state: "sending", problem: null };
  pending.value = pending.value.map((other) => (other === one ? again : other));
  return deliver(again);
}

export function discard(one) {
  pending.value = pending.value.filter((other) => other !== one);
}

async function deliver({ ref, command }) {
  try {
    const { seq } = await submit({ ...command, ref });
    if (room.value.seq >= seq) pending.value = pending.value.filter((one) => one.ref !== ref);
    else change(ref, { state: "sent", seq });
  } catch (problem) {
    change(ref, { state: "failed", problem });
  }
}

function change(ref, difference) {
  pending.value = pending.value.map((one) => (one.ref === ref ? { ...one, ...difference } : one));
}

/** A commit brings the entries of pending commands, sometimes before their ack. */
function withArrivals(commands, frame) {
  const messages = frame.entries.filter((e) => e.author === me.value.handle).map((e) => e.message);
  const left = commands.filter((one) => !(one.state === "sent" && frame.seq >= one.seq));
  return left.map((one) => {
    const at = one.state === "sending" ? messages.indexOf(one.command.message) : -1;
    if (at < 0) return one;
    messages.splice(at, 1);
    return { ...one, state: "arrived" };
  });
}

function ordinal(id) {
  return Number(id.slice(id.lastIndexOf("-") + 1));
}
