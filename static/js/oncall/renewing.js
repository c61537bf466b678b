// Brings the page up to date when somebody comes back to it, and every minute: what others have
// changed appears in place. The focus, open lists and scrolled bands stay; an open sheet waits.

import { placeIn } from "./keeping.js";

const EVERY = 60_000; // ms
const PATIENCE = 20_000; // ms for an answer

const find = (selector) => document.querySelector(selector);
const parts = (root) => [...root.querySelectorAll("[data-live]")];
const nameOf = (part) => part.dataset.live;

export class Renewing {
  #served = new Map(); // name of a part -> as the server last wrote it
  #changed;
  #asking = false;

  /** Before anything changes the page. `changed` is told the parts that are new, and the new page. */
  constructor(changed) {
    this.#changed = changed;
    for (const part of parts(document)) this.#served.set(nameOf(part), comparable(part));
  }

  start() {
    const renew = () => this.renew();
    document.addEventListener("visibilitychange", renew);
    window.addEventListener("focus", renew);
    for (const sheet of document.querySelectorAll("dialog")) sheet.addEventListener("close", renew);
    setInterval(renew, EVERY);
  }

  async renew() {
    if (this.#asking || isInUse()) return;
    this.#asking = true;
    try {
      const page = await pageNow();
      behind("");
      if (!isInUse()) this.#takeIn(page);
    } catch {
      behind("This page could not be brought up to date. It tries again every minute.");
    } finally {
      this.#asking = false;
    }
  }

  #takeIn(page) {
    const fresh = new Map(parts(page).map((part) => [nameOf(part), part]));
    if (fresh.size !== this.#served.size) return location.reload(); // the first rotation, or none left
    const changed = [];
    for (const part of parts(document)) {
      const told = comparable(fresh.get(nameOf(part)));
      if (told.isEqualNode(this.#served.get(nameOf(part)))) continue;
      this.#served.set(nameOf(part), told);
      changed.push([part, document.importNode(fresh.get(nameOf(part)), true)]);
    }
    if (changed.length) this.#put(changed, page);
  }

  #put(changed, page) {
    const restores = changed.map(([part, fresh]) => {
      const restore = placeIn(part, fresh);
      part.replaceWith(fresh);
      return restore;
    });
    this.#changed(changed.map(([, fresh]) => fresh), page);
    for (const restore of restores) restore();
  }
}

/** Without what only time moves. */
function comparable(part) {
  const copy = part.cloneNode(true);
  for (const line of copy.querySelectorAll("[data-now]")) for (const side of ["x1", "x2"]) line.removeAttribute(side);
  return document.importNode(copy, true);
}

const isInUse = () => document.hidden || find("dialog[open]") !== null || !getSelection().isCollapsed;

/** The same page as the server writes it now; an inert document, in which no script runs. */
function pageNow() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.responseType = "document";
    request.timeout = PATIENCE;
    request.onload = () => {
      const here = request.status === 200 && new URL(request.responseURL).pathname === location.pathname;
      here && request.response ? resolve(request.response) : reject(request.status);
    };
    request.onerror = request.ontimeout = reject;
    request.send();
  });
}

function behind(words) {
  const line = find("[data-behind]");
  if (line.textContent !== words) line.textContent = words;
}
