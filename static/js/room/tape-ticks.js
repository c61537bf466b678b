// The ticks of the tape: when each entry was and what it weighs, thousands of them in a few bytes
// each, and the lines that are drawn of them. Pure; where they come from is tape-facts.js's.

import { weight } from "./rows.js";

const HIDDEN = new Set(["entry_pinned", "entry_unpinned"]);
const LETTERS = { "key decision": "k", "key comms": "k", human: "h", change: "c", "machine hot": "o" };
const AT_FIRST = 1_024;
const BIN = 2; // px that share a line
const BANDS = [["m", "machine"], ["o", "hot"], ["c", "change"], ["h", "human"], ["k", "key"]];
const NONE = 255;
const BAND_OF = new Uint8Array(128).fill(NONE);
BANDS.forEach(([letter], band) => (BAND_OF[letter.charCodeAt(0)] = band));
const HEIGHTS = { machine: 7, hot: 10, change: 11, human: 15, key: 23 };
const MORE = 5; // px by which a line of many grows at most

/** The letter of an entry as the server's tape has it; "-" is no tick. */
export const letterOf = (entry) => (HIDDEN.has(entry.kind) ? "-" : (LETTERS[weight(entry)] ?? "m"));

/** Moments and letters of entries in the order of their numbers; it only grows. */
export class Ticks {
  #at = new Float64Array(AT_FIRST);
  #letters = new Uint8Array(AT_FIRST);
  length = 0;

  add(at, letter) {
    if (this.length === this.#at.length) this.#grow();
    this.#at[this.length] = at;
    this.#letters[this.length] = letter.charCodeAt(0);
    this.length += 1;
  }

  #grow() {
    const at = new Float64Array(this.length * 2);
    const letters = new Uint8Array(this.length * 2);
    at.set(this.#at);
    letters.set(this.#letters);
    [this.#at, this.#letters] = [at, letters];
  }

  /** The first moment after `moment` at which one of `letters` stands, or Infinity. */
  after(moment, letters = "hkcmo") {
    return this.#nearest(letters, (at, best) => at > moment && at < best, Infinity);
  }

  /** The last moment before `moment` at which one of `letters` stands, or -Infinity. */
  before(moment, letters = "hkcmo") {
    return this.#nearest(letters, (at, best) => at < moment && at > best, -Infinity);
  }

  #nearest(letters, isBetter, none) {
    const wanted = new Set([...letters].map((letter) => letter.charCodeAt(0)));
    let best = none;
    for (let place = 0; place < this.length; place += 1)
      if (wanted.has(this.#letters[place]) && isBetter(this.#at[place], best)) best = this.#at[place];
    return best;
  }

  /** How many of each letter stand in each of `bins` parts of the time from `from` to `to`. */
  counted({ from, to, bins }) {
    const [at, letters, length] = [this.#at, this.#letters, this.length];
    const counts = new Uint16Array(BANDS.length * bins);
    const scale = bins / Math.max(1, to - from);
    for (let place = 0; place < length; place += 1) {
      const band = BAND_OF[letters[place]];
      if (band === NONE) continue;
      const bin = Math.floor((at[place] - from) * scale);
      counts[band * bins + Math.min(bins - 1, Math.max(0, bin))] += 1;
    }
    return BANDS.map((_, band) => counts.subarray(band * bins, (band + 1) * bins));
  }
}

/** {machine, hot, change, human, key}: the `d` of one path each, on a field of `width` x `height`. */
export function lines(ticks, { from, to, width, height }) {
  const rows = ticks.counted({ from, to, bins: Math.max(1, Math.floor(width / BIN)) });
  return Object.fromEntries(BANDS.map(([, band], place) => [band, path(rows[place], band, height)]));
}

function path(row, band, height) {
  const drawn = [];
  const tall = Math.min(height, HEIGHTS[band]);
  for (let bin = 0; bin < row.length; bin += 1) {
    if (row[bin] === 0) continue;
    const more = band === "key" || row[bin] === 1 ? 0 : Math.min(MORE, Math.log2(row[bin]));
    drawn.push(`M${bin * BIN + BIN / 2} ${height}v-${Math.min(height, Math.round(tall + more))}`);
  }
  return drawn.join("");
}
