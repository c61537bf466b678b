// When something happened, as people write it in a line: 03:20, or 2026-11-21T03:20Z with its day.
// Pure, like the rest of parse.js.

import { notOne, wrong } from "./meaning.js";

const MINUTE = 60_000;
const NIGHT = 12 * 60 * MINUTE; // how far back a time of day is yesterday's: 23:50 at 00:10, not 02:20
const SHOWN = 40;
const RIGHT = "/at 03:20 the alarm went off";

/** `{timestamp}`, or `{problem}`; `then` is what happened, for the line that would be right. */
export function timeOf(word, then, now, zone) {
  const [, day, clock, place] = /^(?:(\d{4}-\d\d-\d\d)T)?(\d{1,2}:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?$/i.exec(word) ?? [];
  const at = clock && (day || !place) ? instant(day, clock, place, now, zone) : undefined;
  if (at === undefined) return wrong(notOne("time of day", word, "HH:MM"), RIGHT);
  if (at.getTime() <= now + MINUTE) return { timestamp: at.toISOString() };
  if (day) return wrong(`${word} is still to come.`, RIGHT);
  at[`set${utc(zone)}Date`](at[`get${utc(zone)}Date`]() - 1); // by the calendar: not all days have 24 hours
  setClock(at, clock, zone);
  if (now - at.getTime() <= NIGHT) return { timestamp: at.toISOString() };
  const [whose, mark] = zone === "utc" ? ["UTC", "Z"] : ["your time", ""];
  return { problem: `${clock} ${whose} is still to come. For yesterday: /at ${dayOf(at, zone)}T${full(clock)}${mark} ${shortened(then)}` };
}

/** Where no zone is written, the page's. */
function instant(day, clock, place, now, zone) {
  const [hours, minutes, seconds = 0] = clock.split(":").map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  if (!day) return setClock(new Date(now), clock, zone);
  if (dayOf(new Date(`${day}T12:00Z`), "utc") !== day) return undefined; // 30 February
  const at = new Date(`${day}T${full(clock)}${place?.toUpperCase() ?? (zone === "utc" ? "Z" : "")}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

function setClock(at, clock, zone) {
  const [hours, minutes, seconds = 0] = clock.split(":").map(Number);
  at[`set${utc(zone)}Hours`](hours, minutes, seconds, 0);
  return at;
}

const utc = (zone) => (zone === "utc" ? "UTC" : "");

/** 2026-11-21 in the zone. */
function dayOf(at, zone) {
  if (Number.isNaN(at.getTime())) return undefined;
  const [year, month, day] = [at[`get${utc(zone)}FullYear`](), at[`get${utc(zone)}Month`]() + 1, at[`get${utc(zone)}Date`]()];
  return [year, month, day].map((part) => String(part).padStart(2, "0")).join("-");
}

const full = (clock) => (clock.indexOf(":") === 1 ? `0${clock}` : clock);

function shortened(then) {
  const letters = [...then.replace(/\s+/g, " ")];
  return letters.length > SHOWN ? `${letters.slice(0, SHOWN).join("")}…` : letters.join("") || "and what happened";
}
