// The server's time on this page, and times in words.
// One timer, once a second; laptops' clocks are corrected by what the server said last.

import { computed, signal } from "../vendor/signals/signals-core.js";
import { keep, kept } from "./keep.js";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
export const SOON = 5 * MINUTE;

const offset = signal(0);

/** Milliseconds since 1970 by the server's clock, once a second. */
export const now = signal(Date.now());

/** The moment that is replayed, in milliseconds, or null. */
export const moment = signal(null);

/** The moment that was asked for: the page shows it as soon as it is known. Null while live. */
export const wanted = signal(null);

/** What the room's clocks go by: the server's time, or the moment that is replayed. */
export const clockNow = computed(() => moment.value ?? now.value);

/** "utc" or "local": how the whole page writes times. */
export const zone = signal(kept("zone") === "local" ? "local" : "utc");

export const serverNow = () => Date.now() + offset.value;

export function correctClock(milliseconds) {
  offset.value = milliseconds;
}

export function startClock() {
  now.value = serverNow();
  setTimeout(startClock, SECOND - (now.value % SECOND) + 5); // just after the second turns
}

/** Finds out what the local zone is called, which takes a browser long the first time. */
export const nameZone = () => void zoneName(serverNow());

/** Whether there is only one zone to show. */
export const isUtcHere = () => zoneName(serverNow()) === "UTC";

export function toggleZone() {
  zone.value = zone.value === "utc" ? "local" : "utc";
  keep("zone", zone.value);
}

/** A count of hours, minutes and seconds: 4:39, 1:47:21, 3 d 04 h. */
export function clock(milliseconds) {
  const total = Math.max(0, Math.floor(milliseconds / SECOND));
  const [days, hours] = [Math.floor(total / 86_400), Math.floor(total / 3_600)];
  const [minutes, seconds] = [Math.floor(total / 60) % 60, total % 60];
  if (days > 0) return `${days} d ${two(hours % 24)} h`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** A length of time in words: 12 s, 6 min, 1 h 47 m, 3 d 4 h. */
export function span(milliseconds) {
  const length = Math.max(0, milliseconds);
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return `${Math.floor(length / HOUR)} h ${Math.floor((length % HOUR) / MINUTE)} m`;
  return `${Math.floor(length / DAY)} d ${Math.floor((length % DAY) / HOUR)} h`;
}

/** The milliseconds of an ISO 8601 duration such as PT1H30M; 0 for none. */
export function lengthOf(iso) {
  const [, ...parts] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(iso ?? "") ?? [];
  return parts.reduce((total, part, place) => total + Number(part ?? 0) * [DAY, HOUR, MINUTE, SECOND][place], 0);
}

/** A length of time as the `datetime` of a <time>. */
export const duration = (milliseconds) => `PT${Math.max(0, Math.floor(milliseconds / SECOND))}S`;

/** 03:18:02 in the page's zone. */
export const ofDay = (iso, in_ = zone.value) => written(iso, in_).slice(11, 19);

/** 03:18 in the page's zone. */
export const minuteOfDay = (iso, in_ = zone.value) => ofDay(iso, in_).slice(0, 5);

/** 2026-11-21 in the page's zone. */
export const date = (iso, in_ = zone.value) => written(iso, in_).slice(0, 10);

/** Saturday 21 November 2026, in the page's zone. */
export const dayInWords = (iso, in_ = zone.value) => inWords(in_).format(new Date(iso));

/** Both zones, for the title of a time. */
export function bothZones(iso) {
  const local = `${date(iso, "local")} ${ofDay(iso, "local")} ${zoneName(iso)}`;
  return `${date(iso, "utc")} ${ofDay(iso, "utc")} UTC, ${local}`;
}

/** "calm", "soon", "late", or "none" where nothing is due. */
export function urgency(due, at = clockNow.value) {
  if (!due) return "none";
  const left = Date.parse(due) - at;
  if (left < 0) return "late";
  return left <= SOON ? "soon" : "calm";
}

export const zoneWord = computed(() => (zone.value === "utc" ? "UTC" : zoneName(clockNow.value)));

/** A moment as ISO 8601 writes it, on the clocks of a zone. A page has hundreds: Intl costs a phone too much for that. */
function written(iso, in_) {
  const at = new Date(iso);
  return (in_ === "utc" ? at : new Date(at - at.getTimezoneOffset() * MINUTE)).toISOString();
}

const made = new Map(); // formats, made when they are first needed

function format(name, style) {
  if (!made.has(name)) made.set(name, new Intl.DateTimeFormat("en-GB", style));
  return made.get(name);
}

const DAY_WORDS = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const inWords = (in_) => format(in_, in_ === "utc" ? { ...DAY_WORDS, timeZone: "UTC" } : DAY_WORDS);

const names = new Map(); // what the local zone is called, by a day and the clocks of that day

/** What the local zone is called at a moment: it has another name in summer. */
function zoneName(at) {
  const day = `${date(at, "utc")} ${new Date(at).getTimezoneOffset()}`;
  if (!names.has(day)) names.set(day, named(new Date(at)));
  return names.get(day);
}

function named(at) {
  const parts = format("zone", { timeZoneName: "short" }).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "local";
}

function two(number) {
  return String(number).padStart(2, "0");
}
