// The frames of an incident from its beginning, and the room as it was at any moment of them.
// Pure: folds with the reducer of the live room. Where frames come from is loading.js's.

import { logOf } from "../entries.js";
import { applyCommit } from "../reduce.js";

const KEPT_EVERY = 64; // frames that are folded again at most
const NOTHING = { incident: {}, seq: 0, entries: logOf([]) };

/** Frames in their order, as `changes` tells them: nothing is missing from the first to the last. */
export class Reel {
  #frames = [];
  #at = []; // from when on each is told, rising
  #kept = []; // the room after every KEPT_EVERY frames
  #recent = { place: -1, room: NOTHING }; // what was asked for last: the next is often just after

  get length() {
    return this.#frames.length;
  }

  get last() {
    return this.#frames.at(-1);
  }

  /** The moment of the first frame; there was no incident before. */
  get begin() {
    return this.#at[0] ?? null;
  }

  /** Up to where nothing is missing. */
  get end() {
    return this.#at.at(-1) ?? -Infinity;
  }

  /** Folds what it is given, a page at a time, so that nobody waits for it when a moment is sought. */
  add(frames) {
    for (const frame of frames) {
      const at = Date.parse(frame.at);
      // One server's clock may be behind another's: what is after it in the log is not before it.
      for (let place = this.#at.length - 1; this.#at[place] > at; place -= 1) this.#at[place] = at;
      this.#frames.push(frame);
      this.#at.push(at);
    }
    for (let done = this.#kept.length; (done + 1) * KEPT_EVERY <= this.#frames.length; done += 1) {
      const some = this.#frames.slice(done * KEPT_EVERY, (done + 1) * KEPT_EVERY);
      this.#kept.push(some.reduce(withFrame, this.#kept.at(-1) ?? NOTHING));
    }
  }

  /** The room as it was at `moment`; as it began where that is earlier. */
  at(moment) {
    const place = Math.max(0, this.#placeOf(moment));
    if (place !== this.#recent.place) this.#recent = { place, room: this.#roomAfter(place) };
    return this.#recent.room;
  }

  #roomAfter(place) {
    const whole = Math.floor((place + 1) / KEPT_EVERY);
    let [room, done] = [this.#kept[whole - 1] ?? NOTHING, whole * KEPT_EVERY];
    if (this.#recent.place < place && this.#recent.place + 1 > done) [room, done] = [this.#recent.room, this.#recent.place + 1];
    return this.#frames.slice(done, place + 1).reduce(withFrame, room);
  }

  /** The last frame that is not after `moment`, or -1. */
  #placeOf(moment) {
    let [low, high] = [0, this.#at.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at[middle] <= moment) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** The room after a frame. Those of an import share one seq, and may tell of earlier entries late. */
export function withFrame(room, frame) {
  const before = { ...room, seq: frame.seq - 1 };
  const next = applyCommit(before, frame);
  const isLate = frame.entries.some(({ number }) => number < (room.entries.last?.number ?? 0));
  if (!isLate) return next;
  const all = new Map([...room.entries, ...next.entries, ...frame.entries].map((entry) => [entry.number, entry]));
  return { ...next, entries: logOf([...all.values()].toSorted((a, b) => a.number - b.number)) };
}
