// What the tape knows: phases, severities and a tick for every entry of the incident.
// Asked for once and kept up by commits; asked for again only where commits were missed.

import { effect, signal } from "../../vendor/signals/signals-core.js";
import { afterCommit, link, live } from "../state.js";
import { fetched } from "./fetching.js";
import { endOf, stateAfter, withPhase } from "./tape-phases.js";
import { Ticks, letterOf } from "./tape-ticks.js";

const AGAIN = 5_000; // ms after a failure

/** {from, to, phases: [{state, from, to}], severities: [{at, severity}]} in milliseconds; null at first. */
export const tape = signal(null);
export const ticks = new Ticks();
/** How many ticks there are: changes with each. */
export const ticked = signal(0);

let seq = 0; // up to which the tape tells
let last = 0; // number of the newest entry that has its place in `ticks`
let asking = false;

export function followTape() {
  afterCommit(add);
  effect(() => {
    if (live.value.seq > seq && link.value.phase !== "off") queueMicrotask(ask);
  });
}

async function ask() {
  if (asking || live.value.seq <= seq) return;
  asking = true;
  try {
    const path = `/api/incidents/${encodeURIComponent(live.value.incident.id)}/tape?after=${seq}`;
    take(await (await fetched(path)).json());
    asking = false;
    ask(); // what came meanwhile
  } catch {
    setTimeout(() => ((asking = false), ask()), AGAIN);
  }
}

function take(told) {
  const from = Date.parse(told.from);
  const begin = told.entries.from;
  told.entries.at.forEach((at, place) => {
    if (begin + place > last) tick(begin + place, from + at, told.entries.weight[place]);
  });
  seq = told.seq;
  const phases = told.phases.map(({ state, ...one }) => ({ state, from: Date.parse(one.from), to: one.to && Date.parse(one.to) }));
  const severities = told.severities.map(({ severity, at }) => ({ severity, at: Date.parse(at) }));
  tape.value = { from, to: told.to && Date.parse(told.to), phases, severities };
  ticked.value = ticks.length;
}

function add(frame) {
  if (seq === 0 || frame.seq !== seq + 1) return;
  seq = frame.seq;
  for (const entry of frame.entries) {
    const at = Date.parse(entry.timestamp);
    tick(entry.number, at, letterOf(entry));
    turn({ state: stateAfter(entry), from: at });
    if (entry.kind === "severity_changed") tape.value = { ...tape.value, severities: [...tape.value.severities, { severity: entry.data.severity, at }] };
  }
  ticked.value = ticks.length;
}

function tick(number, at, letter) {
  ticks.add(at, letter);
  last = number;
}

function turn(next) {
  if (next.state === null) return;
  const phases = withPhase(tape.value.phases, next);
  tape.value = { ...tape.value, phases, to: endOf(phases) };
}
