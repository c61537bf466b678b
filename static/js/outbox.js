// What this browser's people wrote in this incident and the server has not answered: kept before
// it is sent for the first time, sent in order and under its own `ref` until there is an answer.
// It knows neither the page nor the socket: `say(command)` asks the server and is answered.

import { signal } from "../vendor/signals/signals-core.js";
import { alone } from "./outbox/alone.js";
import { drop, keptFor, nextNumber, put, watchOthers } from "./outbox/kept.js";
import { newRef } from "./ledger.js";

const TRY_AGAIN = 5_000; // ms after the server said that it could not, such as without its database
const DEFINITE = (status) => status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
const DONE = "idempotency-key-reused"; // under this ref something was done: under another it may be done twice

/**
 * [{incident, handle, n, ref, command, at, words, sort, written, files, state, kept, tries, problem}], in
 * order. `state` is "waiting", "refused", or "asks": kept for so long that somebody has to say whether
 * it is still meant; `kept`: it waits for longer than an answer takes.
 */
export const records = signal([]);

let incident = null;
let whose = () => null;
let say = null;
let hears = () => false;
let answered = () => {};
let isOutdated = () => false;
let sending = false;
let timer = null;

/**
 * `whose()` names whoever is signed in, `hears()` tells whether the server can be asked now,
 * `answered(record, ack)` is told what was done, `isOutdated(record)` tells what is not sent unasked.
 */
export function openOutbox(options) {
  ({ incident, whose, say, hears, answered, isOutdated } = { isOutdated, ...options });
  watchOthers(look);
  look();
}

function look() {
  records.value = keptFor(incident);
}

/** Keeps a command. `at` is when it was written; nothing in it changes from here on. */
export function enter({ command, ref = newRef(), ...about }) {
  const record = { incident, handle: whose(), n: nextNumber(incident), ref, command, tries: 0, problem: null, state: "waiting", kept: false, ...about };
  put(record);
  look();
  return record;
}

/** Puts back what was taken out a moment ago. */
export function restore(record) {
  put(record);
  look();
  empty();
}

/** It is never sent from now on; whether it arrived before, nobody knows. */
export function remove({ ref }) {
  for (const one of records.value.filter((other) => other.ref === ref)) drop(one);
  look();
}

export function change(ref, difference) {
  const one = records.value.find((other) => other.ref === ref);
  if (one) put({ ...one, ...difference });
  look();
}

/** Once more, at the word of whoever wrote it: under the same `ref` if it may have been done, so that it is not done twice. */
export function tryAgain({ ref }) {
  const one = records.value.find((other) => other.ref === ref);
  if (!one) return;
  const { timestamp, ...untimed } = one.command;
  const command = one.problem?.code === "bad-time" && one.stamped ? untimed : one.command;
  const fresh = DEFINITE(one.problem?.status) && one.problem.code !== DONE ? { ref: newRef(), tries: 0, command } : {};
  change(ref, { ...fresh, state: "waiting", problem: null, kept: true, insists: true });
  empty();
}

/** Sends what waits, in order, one at a time and by one tab, until nothing does or nobody hears. */
export async function empty() {
  if (sending || !hears() || !next()) return;
  sending = true;
  let goesOn = true;
  try {
    await alone(`outbox:${incident}:${whose()}`, async () => {
      look();
      while (goesOn && hears() && next()) goesOn = await deliver(next());
    });
  } finally {
    sending = false;
  }
  if (goesOn) empty(); // it came as the lock was given back
}

const next = () => records.value.find(({ handle, state }) => handle === whose() && state === "waiting");

/** Whether to go on with the next one. */
async function deliver(record) {
  const { ref, command, tries } = record;
  if (isOutdated(record)) {
    change(ref, { state: "asks" });
    return true;
  }
  change(ref, { tries: tries + 1 });
  try {
    const ack = await say({ ...command, ref });
    const done = records.value.find((one) => one.ref === ref);
    if (done) answered(done, ack);
    remove({ ref });
    return true;
  } catch (problem) {
    if (problem instanceof Error) throw problem;
    if (problem.code === "unanswered") return false;
    if (problem.status === 503) return later(ref, problem);
    change(ref, { state: "refused", problem });
    return true;
  }
}

/** The server is there and cannot: what waits is asked again by itself, in its order. */
function later(ref, problem) {
  change(ref, { problem, kept: true });
  clearTimeout(timer);
  timer = setTimeout(empty, TRY_AGAIN);
  return false;
}
