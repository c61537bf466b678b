// A log of entries: oldest first, never changed, mostly without gaps. Every change makes another
// log that shares all it can with the one before, so that thousands of entries take a commit lightly.

const AT_ONCE = 128; // entries that are copied when one of them changes

class Log {
  #chunks; // arrays of entries, none of them empty
  #starts; // the index at which each of them begins

  /** Of two logs with one `trunk`, the longer one is the shorter with newer entries after it. */
  constructor(chunks, trunk = {}) {
    this.#chunks = chunks;
    this.trunk = trunk;
    this.#starts = [];
    this.length = 0;
    for (const chunk of chunks) {
      this.#starts.push(this.length);
      this.length += chunk.length;
    }
  }

  /** The oldest entry, or undefined. */
  get first() {
    return this.#chunks[0]?.[0];
  }

  /** The newest entry, or undefined. */
  get last() {
    return this.#chunks.at(-1)?.at(-1);
  }

  /** Entry `index`, from the end where it is negative. */
  at(index) {
    const place = index < 0 ? this.length + index : index;
    if (!(place >= 0 && place < this.length)) return undefined;
    const chunk = this.#chunkAt(place);
    return this.#chunks[chunk][place - this.#starts[chunk]];
  }

  /** Where entry T`number` is, or -1. */
  indexOf(number) {
    const chunk = this.#chunks.findLastIndex(([first]) => first.number <= number);
    if (chunk < 0) return -1;
    const entries = this.#chunks[chunk];
    const near = number - entries[0].number; // exactly, where no number is left out
    const place = entries[near]?.number === number ? near : entries.findIndex((one) => one.number === number);
    return place < 0 ? -1 : this.#starts[chunk] + place;
  }

  /** Entry T`number`, or undefined where it is not loaded. */
  byNumber(number) {
    const index = this.indexOf(number);
    return index < 0 ? undefined : this.at(index);
  }

  /** An array of the entries from `from` up to `to`, as Array.slice counts. */
  slice(from = 0, to = this.length) {
    const [start, end] = [from, to].map((at) => Math.min(this.length, at < 0 ? Math.max(0, this.length + at) : at));
    const found = [];
    for (let chunk = this.#chunkAt(start); chunk < this.#chunks.length && this.#starts[chunk] < end; chunk += 1) {
      const offset = this.#starts[chunk];
      found.push(...this.#chunks[chunk].slice(Math.max(0, start - offset), end - offset));
    }
    return found;
  }

  *[Symbol.iterator]() {
    for (const chunk of this.#chunks) yield* chunk;
  }

  /** The newest entry of which `wanted(entry)` is true, or undefined. */
  findLast(wanted) {
    for (const chunk of this.#chunks.toReversed()) {
      const found = chunk.findLast(wanted);
      if (found) return found;
    }
    return undefined;
  }

  /** With `newer` entries after all others; those that are here already are left out. */
  with(newer) {
    const last = this.last?.number ?? 0;
    const fresh = newer.filter(({ number }) => number > last);
    if (!fresh.length) return this;
    const open = this.#chunks.at(-1)?.length < AT_ONCE ? this.#chunks.at(-1) : [];
    const whole = open.length ? this.#chunks.slice(0, -1) : this.#chunks;
    return new Log([...whole, ...cut([...open, ...fresh])], this.trunk);
  }

  /** With `older` entries before all others; those that are here already are left out. */
  withEarlier(older) {
    const first = this.first?.number ?? Infinity;
    const before = older.filter(({ number }) => number < first);
    return before.length ? new Log([...cut(before), ...this.#chunks]) : this;
  }

  /** With `entry` at its place by number, be it new or changed. */
  including(entry) {
    if (this.indexOf(entry.number) >= 0) return this.changed(entry.number, () => entry);
    const [before, after] = [[], []];
    for (const one of this) (one.number < entry.number ? before : after).push(one);
    return after.length ? logOf([...before, entry, ...after]) : this.with([entry]);
  }

  /** With what `change(entry)` makes of T`number`; the same log where that is not loaded. */
  changed(number, change) {
    const index = this.indexOf(number);
    if (index < 0) return this;
    const at = this.#chunkAt(index);
    const chunk = this.#chunks[at].with(index - this.#starts[at], change(this.at(index)));
    return new Log(this.#chunks.with(at, chunk));
  }

  /** Without the oldest, so that about `most` are left. */
  newest(most) {
    const drop = this.#starts.findLastIndex((start) => this.length - start >= most);
    return drop > 0 ? new Log(this.#chunks.slice(drop)) : this;
  }

  /** Without the newest, so that about `most` are left. */
  oldest(most) {
    const keep = this.#starts.findIndex((start) => start >= most);
    return keep > 0 ? new Log(this.#chunks.slice(0, keep)) : this;
  }

  #chunkAt(index) {
    let chunk = this.#starts.length - 1;
    while (chunk > 0 && this.#starts[chunk] > index) chunk -= 1;
    return Math.max(0, chunk);
  }
}

function cut(entries) {
  const chunks = [];
  for (let at = 0; at < entries.length; at += AT_ONCE) chunks.push(entries.slice(at, at + AT_ONCE));
  return chunks;
}

/** A log of `entries`, oldest first. */
export const logOf = (entries = []) => new Log(cut(entries));
