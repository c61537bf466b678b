// Commands that were said on this connection and have no answer yet.
// Each is answered once, by the server or by the end of the connection. It repeats nothing: who
// wants a command done keeps it (see outbox.js) and says it again under the same `ref`.

const FRAME_LIMIT = 256 * 1024; // bytes; the server ends a connection that says more at once

export class Ledger {
  #unanswered = new Map(); // ref -> {size, resolve, reject}

  /** The promise of an answer to `command`, which is said at once. */
  enter({ ref = newRef(), ...command }, say) {
    const text = JSON.stringify({ ...command, ref });
    const size = new TextEncoder().encode(text).length;
    if (size > FRAME_LIMIT) return Promise.reject(tooBig());
    return new Promise((resolve, reject) => {
      this.#unanswered.set(ref, { size, resolve, reject });
      say(text);
    });
  }

  acknowledge(ack) {
    this.#close(ack.ref, (entry) => entry.resolve(ack));
  }

  refuse({ ref, problem: why }) {
    this.#close(ref, (entry) => entry.reject(why));
  }

  /** The connection is gone: whether what was said arrived, nobody knows. */
  lose() {
    for (const ref of [...this.#unanswered.keys()]) this.refuse({ ref, problem: unanswered() });
  }

  /** The server ended the connection because a message was too big: the biggest, and no other. */
  refuseBiggest() {
    const [biggest] = [...this.#unanswered].sort(([, one], [, other]) => other.size - one.size);
    if (biggest) this.refuse({ ref: biggest[0], problem: tooBig() });
  }

  #close(ref, answer) {
    const entry = this.#unanswered.get(ref);
    this.#unanswered.delete(ref);
    if (entry) answer(entry);
  }
}

const tooBig = () => problem("This is too long to send. Make it shorter, or write it in parts.", 413);

/** No answer came; whether it was done is unknown. */
export const unanswered = () => problem("The connection broke before an answer came.", 0, "unanswered");

/** A problem that arose on this side of the wire. */
export function problem(detail, status, code = "not-sent") {
  return { title: detail, detail, status, code };
}

/** Works over plain http on a local network too, where `randomUUID` is missing. */
export function newRef() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join("-");
}
