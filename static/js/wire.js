// One socket to the server that comes back by itself and loses nothing.
// Every commit reaches `onMessage` once and in order. A command that was said is answered, or
// reported as unanswered; it is never said twice from here. It knows no incident and draws nothing.

import { absent, ended, SIGNED_OUT } from "./absence.js";
import { Cursor } from "./cursor.js";
import { Ledger, unanswered } from "./ledger.js";
import { backOff, Pulse } from "./pulse.js";

/**
 * `url` is a path of this server, `after` the last seq the page has. `onState` hears
 * {phase: "wait" | "live" | "off" | "ended", note, code, heardAt, offset}: "off" where the network
 * is gone, or the server for longer than a hiccup; `inBatch` runs the messages of one frame together.
 */
export function connect(options) {
  return new Wire(options);
}

class Wire {
  #options;
  #cursor;
  #socket = null;
  #ledger = new Ledger();
  #pulse = new Pulse();
  #state = { phase: "wait", note: "", code: null, heardAt: Date.now(), offset: null };
  #attempt = 0;
  #retry = null;

  constructor({ url, after = null, onMessage, onState = () => {}, inBatch = (work) => work() }) {
    this.#options = { url, onMessage, onState, inBatch };
    this.#cursor = new Cursor(after);
    setInterval(() => this.#check(), 1_000);
    addEventListener("online", () => this.#wake());
    addEventListener("offline", () => this.#socket && this.#drop());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
    this.#open();
  }

  /** Resolves with the ack; rejects with the problem, or with `unanswered`. */
  send(command) {
    if (!this.#live) return Promise.reject(unanswered());
    return this.#ledger.enter(command, (text) => this.#socket.send(text));
  }

  /** Connects at once instead of when it is time. */
  tryNow() {
    this.#attempt = 0;
    if (!this.#live && !this.#connecting) this.#open();
  }

  /** Tells the server something that needs no answer and is worth nothing later. */
  mention(message) {
    if (this.#live) this.#socket.send(JSON.stringify(message));
  }

  get #live() { return this.#state.phase === "live"; }
  get #connecting() { return this.#socket?.readyState === WebSocket.CONNECTING; }

  #open() {
    clearTimeout(this.#retry);
    this.#retry = null;
    const url = new URL(this.#options.url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.#cursor.at !== null) url.searchParams.set("after", this.#cursor.at);
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#pulse.felt();
    socket.onmessage = ({ data }) => socket === this.#socket && this.#hear(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#closed(code);
  }

  #hear(frame) {
    this.#pulse.felt();
    this.#state.heardAt = Date.now(); // told with the next pong
    this.#options.inBatch(() => {
      for (const message of [frame].flat()) if (this.#socket) this.#take(message);
    });
  }

  #take(message) {
    if (message.type === "hello") return this.#greeted(message);
    if (message.type === "pong") return this.#tell({ offset: this.#pulse.offset(message) });
    if (message.type === "ack") return this.#ledger.acknowledge(message);
    if (message.type === "error") return this.#ledger.refuse(message);
    if (message.type === "bye") return this.#drop();
    const place = this.#cursor.meet(message);
    if (place === "gap") return this.#drop();
    return place === "next" && this.#options.onMessage(message);
  }

  #greeted(hello) {
    this.#attempt = 0;
    this.#pulse.pingedAt = Date.now();
    this.#options.onMessage(hello); // before anything is said: it tells who is signed in here
    this.#tell({ phase: "live", note: "", code: null, offset: this.#pulse.offset(hello) });
  }

  /** Leaves a socket that is no good any more, without waiting for its close. */
  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket.close();
    this.#ledger.lose();
    this.#comeBack("Reconnecting");
  }

  #closed(code) {
    this.#socket = null;
    if (code === 1009) this.#ledger.refuseBiggest();
    this.#ledger.lose();
    if (code >= 4400) return this.#tell(ended(code));
    const restarting = code === 1012 || code === 1001;
    return this.#comeBack(restarting ? "Server restarting" : "Reconnecting");
  }

  #comeBack(note) {
    this.#tell(absent(this.#state.heardAt, this.#attempt ? this.#state.note : note));
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), backOff(this.#attempt));
    this.#attempt += 1;
  }

  /** The page is looked at again, or the network is back: do not wait for a timer. */
  #wake() {
    const { phase, code } = this.#state;
    if (phase === "ended") return code === SIGNED_OUT && !this.#socket && this.#open(); // signed in again elsewhere?
    this.#attempt = 0;
    if (this.#retry !== null) this.#open();
    else if (this.#live) this.#probe();
    return undefined;
  }

  #probe() { this.#pulse.probing(); this.#ping(); }

  #ping() { this.#pulse.pingedAt = Date.now(); this.mention({ type: "ping" }); }

  #check() {
    const verdict = this.#pulse.check();
    const { phase, heardAt, note } = this.#state;
    if (phase === "ended") return;
    if (this.#socket && verdict === "dead") this.#drop();
    else if (verdict === "probe") this.#wake();
    else if (phase === "wait" && absent(heardAt, note).phase === "off") this.#tell(absent(heardAt, note));
    else if (verdict === "ping" && this.#live) this.#ping();
  }

  #tell(change) {
    this.#state = { ...this.#state, ...change };
    this.#options.onState(this.#state);
  }
}
