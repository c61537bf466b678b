// The page in the past: which moment it shows, how it gets there, and the way back.
// The live room goes on being kept meanwhile, unseen. How the bar looks is in bar.js.

import { batch, signal } from "../../vendor/signals/signals-core.js";
import { live, past } from "../state.js";
import { moment, serverNow, wanted } from "../time.js";
import { tape, ticks } from "../room/tape-facts.js";
import { end } from "../room/timeline.js";
import { showAddress } from "./address.js";
import { showBar } from "./bar.js";
import { tieHands } from "./hands.js";
import { clean } from "./forgetting.js";
import { beginning, known, load, told } from "./loading.js";
import { listen } from "./pressing.js";

const MINUTE = 60_000;
const KEY = "k";

/** Why the moment that was asked for cannot be shown, or null. */
export const failure = signal(null);
/** Whether the server is asked for a moment. */
export const asking = signal(false);
/** How many entries there were when the past was entered. */
export const entered = signal(0);

let isSetUp = false;

/** The whole page shows `at`, in milliseconds, as soon as it is known. */
export function seek(at) {
  if (at >= serverNow()) return backToLive();
  wanted.value = Math.max(at, begin());
  enter();
  show();
  showAddress();
}

function enter() {
  if (!isSetUp) setUp();
  if (!past.value && !asking.value) entered.value = live.value.incident.entries ?? 0;
  const goesOn = () => wanted.value !== null;
  load({ grown: show, goesOn, redacted: forgetText }).catch(() => {}); // the server is asked moment by moment
}

function setUp() {
  isSetUp = true;
  showBar(document.getElementById("replay"));
  tieHands();
  listen();
}

const begin = () => beginning() ?? tape.value?.from ?? -Infinity;

/** Shows what is wanted: folded here where its frames are here, else as the server tells it. */
function show() {
  if (wanted.value === null) return;
  const room = known(wanted.value);
  if (room) put(room, Math.max(wanted.value, beginning()));
  else if (!asking.value) ask(wanted.value);
}

async function ask(at) {
  asking.value = true;
  try {
    const room = await told(at);
    asking.value = false;
    if (wanted.value !== null && !known(wanted.value)) put(room, at);
  } catch (problem) {
    asking.value = false;
    if (wanted.value !== null) failure.value = problem;
    return;
  }
  if (wanted.value !== null && wanted.value !== at) show();
}

function put(room, at) {
  const changed = past.value !== room;
  batch(() => {
    past.value = room;
    moment.value = at;
    failure.value = null;
  });
  if (changed) end.toEnd?.();
}

/** What an admin removes now is gone from the past as well. */
function forgetText() {
  if (!past.value) return;
  past.value = clean(past.value);
  seek(wanted.value);
}

export function backToLive() {
  batch(() => {
    past.value = null;
    moment.value = null;
    wanted.value = null;
    failure.value = null;
  });
  showAddress();
  end.toEnd?.();
}

export const fromTheStart = () => seek(begin());

export const byMinutes = (count) => seek((wanted.value ?? serverNow()) + count * MINUTE);

/** To the decision, update, or change of state or severity before (-1) or after (1) this moment. */
export function toKey(direction) {
  const at = wanted.value ?? Infinity;
  const turns = [...(tape.value?.phases ?? []).map(({ from }) => from), ...(tape.value?.severities ?? []).map((one) => one.at)];
  if (direction < 0) {
    const before = Math.max(ticks.before(at, KEY), ...turns.filter((one) => one < at));
    return seek(Math.max(before, begin()));
  }
  const next = Math.min(ticks.after(at, KEY), ...turns.filter((one) => one > at));
  return next === Infinity ? null : seek(next);
}
