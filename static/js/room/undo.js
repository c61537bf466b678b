// What may be undone for ten seconds, and what became of words that were kept: said when the server
// has answered. Nothing is taken away: a note that is withdrawn stays, struck. A note is its own
// answer; that it can be withdrawn stands beside it, in the log.

import { effect, signal } from "../../vendor/signals/signals-core.js";
import { afterAnswer, mine, submit } from "../sending.js";
import { keptIn } from "../outbox/kept.js";
import { incident, link, mayAct } from "../state.js";
import { counted } from "./outbox-words.js";
import { toast } from "./toasts.js";
import { nextStates, saying, stateKey, statusFields, stateWord } from "./words.js";

const WITHDRAWN = "Withdrawn";
const WITHIN = 10_000; // ms
let sent = [];
let unsay = null; // takes away what was said of what is kept

/** The note that was posted a moment ago, or null: {seq, index}. */
const last = signal(null);

/** Takes entry `one` back as long as that may be done; else null. */
export function undoOf({ seq, index, amended, redacted }) {
  const isIt = last.value?.seq === seq && last.value.index === index && !amended && !redacted && mayAct.value;
  return isIt ? withdraw : null;
}

export function tellAnswers() {
  let told = new Set(mine.peek().map(({ ref }) => ref));
  effect(followState);
  effect(() => {
    const waits = mine.value.filter(({ kept, state, sort }) => kept && state === "waiting" && !sort);
    if (waits.some(({ ref }) => !told.has(ref))) queueMicrotask(tellKept);
    else if (!waits.length) queueMicrotask(hush);
    told = new Set(waits.map(({ ref }) => ref));
    if (!mine.value.some(({ state }) => state === "waiting")) queueMicrotask(tellSent);
  });
  afterAnswer((record, ack) => {
    if (record.kept) sent.push(record);
    else UNDO[record.command.type]?.(record.command, ack);
  });
}

/** For what has no row in the log: the sheet or button that sent it says nothing more. */
function tellKept() {
  const words = link.value.phase === "live"
    ? `The server has not answered yet. It is kept in ${keptIn()}, and sent until there is an answer.`
    : `Kept in ${keptIn()}. It is sent when you are back.`;
  unsay = toast({ level: "soon", about: "kept", words });
}

/** What became of it is said elsewhere by now. */
function hush() {
  unsay?.();
  unsay = null;
}

function tellSent() {
  if (!sent.length) return;
  toast({ level: "well", words: `Sent: ${counted(sent)}.` });
  sent = [];
}

const UNDO = {
  add_timeline: (command, { seq, index }) => {
    const posted = (last.value = { seq, index });
    setTimeout(() => last.value === posted && (last.value = null), WITHIN);
  },
  set_status: (after) => {
    const before = stateKey(incident.value) === stateKey(after) ? stateBefore : stateKey(incident.value);
    const back = nextStates(after).some(({ key }) => key === before) && statusFields(before);
    if (!back || before === stateKey(after)) return;
    const action = { words: "Undo", does: () => undo({ type: "set_status", ...back, reason: "Undone" }) };
    toast({ about: "state", words: `State is ${stateWord(after)} now.`, action });
  },
};

let [stateBefore, stateNow] = [null, null]; // the commit of a change may be here before its answer

function followState() {
  const key = stateKey(incident.value);
  if (key !== stateNow) [stateBefore, stateNow] = [stateNow, key];
}

function withdraw() {
  const { seq, index } = last.value;
  last.value = null;
  return undo({ type: "amend_entry", seq, index, message: WITHDRAWN });
}

async function undo(command) {
  try {
    await submit(command);
  } catch (why) {
    toast({ level: "late", words: saying(why) });
  }
}
