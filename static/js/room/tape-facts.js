// What the tape knows: phases, severities and a tick for every entry of the incident.
// Asked for once and kept up by commits; asked for again only where commits were missed.

import { effect, signal } from "../../vendor/signals/signals-core.js";
import { afterCommit, link, live } from "../state.js";
import { fetched } from "./fetching.js";
import { Ticks, letterOf } from "./tape-ticks.js";

const AGAIN = 5_000; // ms after a failure
const OVER = new Set(["resolved", "closed", "cancelled"]);
const NAMED = new Set(["mitigated", ...OVER]);
const PHASED = new Set(["declared", "activated", "phase_changed", "reopened", ...NAMED]);

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
    if (PHASED.has(entry.kind)) turn({ state: stateOf(entry), from: at });
    if (entry.kind === "severity_changed") tape.value = { ...tape.value, severities: [...tape.value.severities, { severity: entry.data.severity, at }] };
  }
  ticked.value = ticks.length;
}

function tick(number, at, letter) {
  ticks.add(at, letter);
  last = number;
}

/** Where the incident stands after the entry, in one word. */
function stateOf({ kind, data = {} }) {
  if (NAMED.has(kind)) return kind;
  return data.phase ?? (data.status === "triage" ? "triage" : "active");
}

function turn(next) {
  const phases = withPhase(tape.value.phases, next);
  const ending = phases.findLastIndex(({ state }) => !OVER.has(state)) + 1;
  tape.value = { ...tape.value, phases, to: phases[ending]?.from ?? null };
}

/** The phases with one more; what is told afterwards may name one too late. */
export function withPhase(phases, next) {
  const before = phases.filter(({ from }) => from < next.from);
  const begun = before.at(-1)?.state === next.state ? before : [...before, next];
  return begun.map((one, place) => ({ ...one, to: begun[place + 1]?.from ?? null }));
}
