// Which commit comes next. Every seq passes once and in order.

export class Cursor {
  #gaps = 0;

  /** `at` is the last seq that passed, or null when only a snapshot will do. */
  constructor(at) {
    this.at = at;
  }

  /** "next", "seen" or "gap". */
  meet({ type, seq }) {
    if (type === "snapshot") this.at = seq ?? null;
    if (type !== "commit") return "next";
    if (this.at === null || seq <= this.at) return "seen";
    if (seq === this.at + 1) return this.#advance(seq);
    this.#gaps += 1;
    if (this.#gaps > 1) this.at = null; // asking again did not help: take a snapshot
    return "gap";
  }

  #advance(seq) {
    this.#gaps = 0;
    this.at = seq;
    return "next";
  }
}
