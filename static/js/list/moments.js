// Every <time data-show> of a page, written for this moment and this zone.
// A text is touched only when it differs, so that a quiet page stays quiet.

import { bothZones, clock, date, minuteOfDay, span, urgency, zone, zoneWord } from "../time.js";

const DAY = 86_400_000; // ms

const SHOWS = {
  up: (at, now) => clock(now - at),
  between: (at, now, { dataset }) => span(Date.parse(dataset.until) - at),
  left: (at, now) => (at > now ? `in ${clock(at - now)}` : "now"),
  ago: (at, now) => (now - at < 60_000 ? "just now" : `${coarse(now - at)} ago`),
  length: (at, now) => span(at - now),
  ahead: (at, now) => (at - now > DAY ? `in ${coarse(at - now)}` : `in ${span(at - now)}`),
  due: (at, now) => (at < now ? `${clock(now - at)} late` : clock(at - now)),
  clock: (at, now, { dateTime }) =>
    Math.abs(now - at) < DAY ? minuteOfDay(dateTime) : shortDay(at),
  date: (at, now, { dateTime }) => `${date(dateTime)} ${minuteOfDay(dateTime)} ${zoneWord.value}`,
};

export function paintTimes(root, now) {
  for (const element of root.querySelectorAll("time[data-show]")) {
    const at = Date.parse(element.dateTime);
    if (Number.isNaN(at)) continue;
    const words = SHOWS[element.dataset.show](at, now, element);
    if (element.textContent !== words) write(element, words);
    if (element.dataset.show === "due") {
      element.closest("[data-level]").dataset.level = urgency(element.dateTime, now);
    }
  }
}

function write(element, words) {
  element.textContent = words;
  element.title = bothZones(element.dateTime);
}

/** 20 Nov */
function shortDay(at) {
  const timeZone = zone.value === "utc" ? "UTC" : undefined;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone }).format(at);
}

/** One unit is enough for what is over: 3 days, 5 h, 12 min. */
function coarse(length) {
  if (length >= 2 * DAY) return `${Math.floor(length / DAY)} days`;
  return length >= DAY ? "1 day" : span(length).replace(/ \d+ m$/, "");
}
