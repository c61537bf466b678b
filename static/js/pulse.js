// Whether the other end is still there, and when to try again if not.
// It opens and closes nothing; it says what should happen.

const PING_EVERY = 5_000;
const DEAD_AFTER = 20_000; // ms without a word: four pongs missed
const PROBE_WITHIN = 4_000; // ms for an answer after the page was hidden or the laptop slept
const BACK_OFF_LEAST = 250;
const BACK_OFF_MOST = 10_000;

/** Full jitter: anywhere between the least wait and a bound that doubles with each attempt. */
export function backOff(attempt) {
  const most = Math.min(BACK_OFF_MOST, BACK_OFF_LEAST * 2 ** (attempt + 1));
  return BACK_OFF_LEAST + Math.random() * (most - BACK_OFF_LEAST);
}

export class Pulse {
  pingedAt = 0;
  #aliveAt = Date.now();
  #deadAfter = DEAD_AFTER;
  #checkedAt = Date.now();

  felt() {
    this.#aliveAt = Date.now();
    this.#deadAfter = DEAD_AFTER;
  }

  /** Call before a ping that wants an answer soon. */
  probing() {
    this.#aliveAt = Date.now();
    this.#deadAfter = PROBE_WITHIN;
  }

  /** "probe", "dead", "ping" or "well"; called once a second. */
  check() {
    const now = Date.now();
    const slept = now - this.#checkedAt > PING_EVERY; // hidden pages run timers once a minute
    this.#checkedAt = now;
    if (slept) return "probe";
    if (now - this.#aliveAt > this.#deadAfter) return "dead";
    return now - this.pingedAt >= PING_EVERY ? "ping" : "well";
  }

  /** How far the server's clock is ahead of this one, by the middle of the round trip. */
  offset({ type, now }) {
    const received = Date.now();
    const asked = type === "pong" ? this.pingedAt : received;
    return Date.parse(now) - (asked + received) / 2;
  }
}
