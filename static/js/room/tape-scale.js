// How time becomes place on the tape: its ends, the marks of its axis, the words beside them.
// Pure; the zone is the page's.

import { isOver, stateWord } from "./words.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY,
];
const LEAST = MINUTE; // a tape is never shorter
const APART = 88; // px between two marks at least
const LABEL = 108; // px that "raised to SEV1" takes
const WORDS = 150; // px that "Investigating 25 min so far" takes

/** Until when an incident that is over may go on on the tape; what was written later stands at the edge. */
export const latest = ({ from, to }) => (to === null ? Infinity : to + (to - from) / 4);

/** {from, to}: an open incident reaches to `now`, one that is over to its last tick. */
export function extent({ from, to }, lastTick, now) {
  const end = to === null ? now : Math.max(to + (to - from) / 50, lastTick);
  return { from, to: Math.max(end, from + LEAST) };
}

/** The place of `at` in percent of the length. */
export function percent(at, { from, to }) {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100));
}

/** [{at, words}] of the axis: round times of the zone, not closer than can be read. */
export function marks({ from, to }, width, inZone, { minuteOfDay, ofDay, date }) {
  const room = ((to - from) * APART) / Math.max(APART, width);
  const step = STEPS.find((one) => one >= room) ?? STEPS.at(-1);
  const shift = inZone === "local" ? -new Date(from).getTimezoneOffset() * MINUTE : 0;
  const words = step >= DAY ? date : step < MINUTE ? ofDay : minuteOfDay;
  const found = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at < to; at += step) {
    const newDay = step < DAY && step >= HOUR && (at + shift) % DAY === 0;
    found.push({ at, words: newDay ? date(new Date(at)).slice(5) : words(new Date(at)) });
  }
  return found;
}

/** [{at, severity, words, fits, before}] where the severity changed; `fits` where its words have room
 * beside those of the `phases` and of other steps, `before` where they stand in front of the line. */
export function severitySteps(severities, ends, width, phases) {
  const place = (at) => (percent(at, ends) / 100) * width;
  const said = phases.map(({ from, to }) => [place(from), Math.min(place(from) + WORDS, place(to ?? ends.to))]);
  const isFree = (start) => start >= 0 && start + LABEL <= width && !said.some(([from, to]) => from < start + LABEL && to > start);
  let taken = -Infinity;
  return severities.slice(1).map(({ at, severity }, step) => {
    const x = place(at);
    const verb = severity < severities[step].severity ? "raised to" : "lowered to";
    const before = !isFree(x) && isFree(x - LABEL);
    const start = before ? x - LABEL : x;
    const fits = isFree(start) && start >= taken;
    if (fits) taken = start + LABEL;
    return { at, severity, words: `${verb} SEV${severity}`, fits, before };
  });
}

export const phaseWord = (state) => stateWord({ status: state });
export const isOverAt = (state) => isOver({ status: state });

/** The phase in which `at` lies, and the severity there. */
export function standing({ phases, severities }, at) {
  const phase = phases.findLast(({ from }) => from <= at) ?? phases[0];
  const severity = severities.findLast((one) => one.at <= at) ?? severities[0];
  return `SEV${severity?.severity ?? "?"}, ${phaseWord(phase?.state)}`;
}
