// What this person sends: commands on their way, and what became of them.
// How they travel is the wire's; what they change comes back as commits.

import { signal } from "../vendor/signals/signals-core.js";
import { newRef } from "./ledger.js";
import { afterCommit, live, me } from "./state.js";
import { serverNow } from "./time.js";

/** Commands on their way: [{ref, command, words, state, problem}]. `state` is "sending",
 * "arrived" (its entry is here, its ack not), "sent" (the other way round) or "failed". */
export const pending = signal([]);

let wire = null;

export function travelBy(connection) {
  wire = connection;
}

/** Resolves with the ack, rejects with the problem. */
export const submit = (command) => wire.send(command);

export const mention = (message) => wire.mention(message);

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
    if (live.value.seq >= seq) pending.value = pending.value.filter((one) => one.ref !== ref);
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

afterCommit((frame) => (pending.value = withArrivals(pending.value, frame)));
