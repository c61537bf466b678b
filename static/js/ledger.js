// Commands that the server has not answered yet.
// Each is answered once. It does not know how they travel: `send` takes the text.

const COMMAND_LIMIT = 250_000; // characters; the server closes at 256 KiB

export class Ledger {
  #unanswered = new Map(); // ref -> {text, resolve, reject}

  /** The promise of an answer to `command`, which is sent at once if `send` is given. */
  enter({ ref = newRef(), ...command }, send) {
    const text = JSON.stringify({ ...command, ref });
    if (text.length > COMMAND_LIMIT) return Promise.reject(problem("This text is too long to send.", 413));
    return new Promise((resolve, reject) => {
      this.#unanswered.set(ref, { text, resolve, reject });
      send?.(text);
    });
  }

  /** Sends again whatever is unanswered, in order and under the same `ref`. */
  repeat(send) {
    for (const { text } of this.#unanswered.values()) send(text);
  }

  acknowledge(ack) {
    this.#close(ack.ref, (entry) => entry.resolve(ack));
  }

  refuse({ ref, problem: why }) {
    this.#close(ref, (entry) => entry.reject(why));
  }

  refuseAll(detail, status) {
    for (const ref of [...this.#unanswered.keys()]) this.refuse({ ref, problem: problem(detail, status) });
  }

  #close(ref, answer) {
    const entry = this.#unanswered.get(ref);
    this.#unanswered.delete(ref);
    if (entry) answer(entry);
  }
}

/** A problem that arose on this side of the wire. */
export function problem(detail, status) {
  return { title: detail, detail, status, code: "not-sent" };
}

/** Works over plain http on a local network too, where `randomUUID` is missing. */
export function newRef() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
}
