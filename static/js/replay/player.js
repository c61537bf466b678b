// Playing the past: at its own pace or faster, and over the minutes in which nothing happened.
// It moves the moment; what the moment shows is replay.js's.

import { effect, signal } from "../../vendor/signals/signals-core.js";
import { past } from "../state.js";
import { serverNow, wanted } from "../time.js";
import { tape, ticks } from "../room/tape-facts.js";
import { asking, seek } from "./replay.js";

export const SPEEDS = [1, 10, 60];
const STEP = 100; // ms between two steps
const CALM_STEP = 1_000; // for who wants no motion
const QUIET = 60_000; // ms without an entry that can be skipped
const LEAD = 500; // ms of watching that are left before what comes then

export const playing = signal(false);
export const speed = signal(10);
export const skipsQuiet = signal(true);

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let timer = null;
let steppedAt = 0;

export function toggle() {
  if (playing.value) pause();
  else play();
}

function play() {
  if (wanted.value >= theEnd()) seek(tape.value.from);
  playing.value = true;
  steppedAt = performance.now();
  timer = setTimeout(step, pace());
}

export function pause() {
  playing.value = false;
  clearTimeout(timer);
}

const pace = () => (calm.matches ? CALM_STEP : STEP);

/** Where playing stops: the end of an incident that is over, or this moment. */
const theEnd = () => Math.min(serverNow(), tape.value?.to ? Math.max(tape.value.to, ticks.before(serverNow())) : Infinity);

function step() {
  if (!playing.value) return;
  const passed = Math.min(performance.now() - steppedAt, 2 * pace()); // a tab that slept goes on from where it was
  steppedAt = performance.now();
  if (!asking.value) advance(passed * speed.value);
  timer = setTimeout(step, pace());
}

function advance(by) {
  const next = ticks.after(wanted.value);
  const quiet = skipsQuiet.value && next - wanted.value > QUIET && next < Infinity;
  const to = quiet ? Math.max(wanted.value + by, next - LEAD * speed.value) : wanted.value + by;
  if (to >= theEnd()) {
    pause();
    seek(Math.min(to, theEnd() - 1));
  } else seek(to);
}

effect(() => {
  if (past.value === null && wanted.value === null) pause();
});
