// What this person sends: commands on their way, and what became of them.
// How they are kept is the outbox's, how they travel the wire's; what they change comes back as
// commits.

import { computed, effect, signal } from "../vendor/signals/signals-core.js";
import { change, empty, enter, openOutbox, records, remove } from "./outbox.js";
import { isOutdated, timed } from "./outbox/timed.js";
import { problem } from "./ledger.js";
import { afterCommit, link, live, mayAct, me } from "./state.js";
import { serverNow } from "./time.js";

export { tryAgain } from "./outbox.js";

const PATIENCE = 8_000; // ms for an answer, after which a command counts as kept for later

/** What the signed-in person wrote here and has no answer yet; records of the outbox. */
export const mine = computed(() => records.value.filter(({ handle }) => handle === me.value.handle));

const done = signal([]); // answered, and their entries are not here yet
const arrived = signal(new Set()); // refs whose entries are here, and their answers are not

/** What was posted into the log: [{ref, command, words, sort, written, at, state, kept, problem}].
 * `state` is "sending", "arrived" (its entry is here, its ack not), "sent" (the other way round), "failed", or "asks". */
export const pending = computed(() => [...mine.value.filter(({ sort }) => sort).map(shown), ...done.value]);

const shown = (one) => ({ ...one, state: STATES[one.state] ?? (arrived.value.has(one.ref) ? "arrived" : "sending") });
const STATES = { refused: "failed", asks: "asks" };

const isLive = () => link.value.phase === "live";
let wire = null;
let tracked = null;
const answers = new Map(); // ref -> {resolve, reject}, of whoever waits on this page
const listeners = [];

export function travelBy(connection) {
  wire = connection;
  openOutbox({
    incident: live.value.incident.id,
    whose: () => me.value.handle,
    hears: isLive,
    say: (command) => wire.send(command),
    answered,
    isOutdated: (record) => isOutdated(record, serverNow()),
  });
  effect(() => {
    const does = isLive() ? empty : () => mine.value.forEach(later);
    queueMicrotask(does); // what it changes must not begin it again
  });
  effect(() => records.value && queueMicrotask(settle));
}

export const mention = (message) => wire.mention(message);

/** Connects at once instead of when it is time. */
export const tryNow = () => wire.tryNow();

/** Who is signed in, and as what, is said by the server each time it greets. */
export function greet({ type, user }) {
  if (type === "hello" && user) me.value = { ...me.value, ...user };
}

/** `told(record, ack)` hears of every command of this page's outbox that was done. */
export function afterAnswer(told) {
  listeners.push(told);
}

/** Resolves with the ack, or with `{kept: true}` once it is kept for later; rejects with the problem. */
export function submit(command, about = {}) {
  if (!mayAct.value) return Promise.reject(problem("This is the past. Go back to live to change anything.", 409));
  const record = enter({ ...timed(command, serverNow(), live.value.incident), ...about });
  tracked?.push(record);
  const answer = new Promise((resolve, reject) => answers.set(record.ref, { resolve, reject }));
  if (!isLive()) later(record);
  else setTimeout(() => later(record), PATIENCE);
  empty();
  return answer;
}

/** Sends `command`, shown as `words` in the log, by its `sort`, until its entry arrives. */
export function post({ command, words, sort, written = "", files = [] }) {
  return submit(command, { words, sort, written, files }).catch(() => {}); // it stays in sight, refused
}

/** What `work` sends: {answer, withdraw}; `withdraw()` takes back what has no answer yet. */
export function tracking(work) {
  tracked = [];
  const sent = tracked;
  try {
    return { answer: work(), withdraw: () => sent.filter(({ ref }) => answers.has(ref)).map(takeBack) };
  } finally {
    tracked = null;
  }
}

export const discard = remove;

function takeBack({ ref }) {
  const one = records.value.find((other) => other.ref === ref);
  answers.delete(ref);
  remove({ ref });
  return one;
}

/** Nobody waits for it any longer: it is kept, and its answer is shown when it comes. */
function later({ ref }) {
  const one = records.value.find((other) => other.ref === ref);
  if (!one || one.state === "refused") return;
  if (!one.kept) change(ref, { kept: true });
  answers.get(ref)?.resolve({ kept: true });
  answers.delete(ref);
}

function answered(record, ack) {
  answers.get(record.ref)?.resolve(ack);
  answers.delete(record.ref);
  if (record.sort && live.value.seq < ack.seq) done.value = [...done.value, { ...record, state: "sent", seq: ack.seq }];
  listeners.forEach((told) => told(record, ack));
}

/** Tells those who wait what other tabs heard, and what was refused. */
function settle() {
  for (const [ref, answer] of answers) {
    const one = records.value.find((other) => other.ref === ref);
    if (one && one.state !== "refused") continue;
    answers.delete(ref);
    if (!one) answer.resolve({ seq: 0, index: null });
    else refuse(one, answer);
  }
}

/** What somebody waits for is said where they wait; anything else stays in sight until they decide. */
function refuse({ ref, sort, kept, problem }, { reject }) {
  if (!sort && !kept) remove({ ref });
  reject(problem);
}

/** A commit brings the entries of commands, sometimes before their ack. */
afterCommit((frame) => {
  if (done.value.some(({ seq }) => frame.seq >= seq)) done.value = done.value.filter(({ seq }) => frame.seq < seq);
  const messages = frame.entries.filter(({ author }) => author === me.value.handle).map(({ message }) => message);
  const here = new Set(arrived.value);
  for (const one of pending.value.filter(({ state }) => state === "sending")) {
    const at = messages.indexOf(one.command.message);
    if (at < 0) continue;
    messages.splice(at, 1);
    here.add(one.ref);
  }
  if (here.size > arrived.value.size) arrived.value = here;
});
