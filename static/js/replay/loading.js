// Brings the frames of the past into the reel while the page rests between two pages of them, and
// tells a moment that is not there yet by what the server says of it.

import { afterCommit, live } from "../state.js";
import { roomFrom } from "../reduce.js";
import { fetched } from "../room/fetching.js";
import { clean, forgets } from "./forgetting.js";
import { Reel } from "./reel.js";

const AT_ONCE = 200; // frames
const ERASED = 5_000; // ms after which the server has removed a text wherever it was
const MOST = 20_000; // frames; what comes after them the server is asked for, moment by moment

let reel = new Reel();
let loading = null;
let isWhole = false; // up to the live room
let isFollowed = false;

const path = (rest) => `/api/incidents/${encodeURIComponent(live.value.incident.id)}/${rest}`;

/**
 * Begins where it stopped; `grown()` is called after every page, and nothing more is asked for once
 * `goesOn()` is false. `redacted()` hears that some text is gone from now on.
 */
export function load({ grown, goesOn, redacted }) {
  follow(redacted);
  if (!isWhole) loading ??= pages(grown, goesOn).finally(() => (loading = null));
  return loading ?? Promise.resolve();
}

async function pages(grown, goesOn) {
  const mine = reel;
  let next = `changes?${after(mine.last)}&limit=${AT_ONCE}`;
  while (next && goesOn() && mine === reel && mine.length < MOST) {
    const answer = await fetched(next.startsWith("changes") ? path(next) : next);
    const frames = await answer.json();
    if (mine !== reel) return pages(grown, goesOn);
    mine.add(frames.filter((frame) => isAfter(frame, mine.last)));
    next = /<([^>]+)>;\s*rel="?next/.exec(answer.headers.get("Link") ?? "")?.[1];
    isWhole = !next;
    grown();
  }
  return undefined;
}

function after(last) {
  if (!last) return "after=0";
  return last.step ? `after=${last.seq - 1}&step=${last.step}` : `after=${last.seq}`;
}

const isAfter = (frame, last) => !last || frame.seq > last.seq || (frame.seq === last.seq && (frame.step ?? 0) > (last.step ?? 0));

/** What is committed meanwhile belongs to the past as well; what is removed is gone from it at once. */
function follow(redacted) {
  if (isFollowed) return;
  isFollowed = true;
  afterCommit((frame) => {
    if (forgets(frame)) {
      forget();
      setTimeout(forget, ERASED); // what was told meanwhile may hold it still
      redacted();
    } else if (isWhole && isNext(frame) && reel.length < MOST) reel.add([frame]);
    else isWhole = false;
  });
}

const isNext = (frame) => frame.seq === (reel.last?.seq ?? 0) + 1;

/** All frames are asked for again when they are wanted. */
function forget() {
  reel = new Reel();
  isWhole = false;
}

/** The room at `moment` if the frames up to it are here, else undefined. */
export const known = (moment) => (reel.length && (isWhole || moment < reel.end) ? clean(reel.at(moment)) : undefined);

/** When the incident began, as far as is known. */
export const beginning = () => reel.begin;

/** The room at `moment` as the server tells it; as it began where that is earlier. */
export async function told(moment) {
  const answer = await fetched(path(`replay?at=${new Date(moment).toISOString()}`)).catch((problem) => {
    if (problem.status !== 404) throw problem;
    return fetched(path("changes?after=0&limit=1"));
  });
  const found = await answer.json();
  if (!Array.isArray(found)) return clean(roomFrom(found));
  const first = new Reel();
  first.add(found);
  return clean(first.at(first.begin));
}
