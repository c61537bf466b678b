// The log stays at its end while one is there, and never moves under somebody who reads back.

import { signal } from "../../vendor/signals/signals-core.js";

const NEAR = 40; // px from the end that count as being there
const BY_HAND = 700; // ms after a wheel, touch or key in which scrolling is a person's doing

/** {atEnd, toEnd(), letGo()} for a scrolling `log` with one growing `list` in it. */
export function follow(log, list) {
  const atEnd = signal(true);
  let touchedAt = 0;
  const toEnd = () => {
    atEnd.value = true;
    log.scrollTop = log.scrollHeight;
  };
  const settle = () => atEnd.value && toEnd();
  log.classList.remove("first-paint");
  for (const hand of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    log.addEventListener(hand, () => (touchedAt = Date.now()), { passive: true });
  }
  log.addEventListener("scroll", () => {
    // Rows get their true height only when they come into view, which scrolls too.
    const byHand = Date.now() - touchedAt < BY_HAND;
    if (atEnd.value && !byHand) log.scrollTop = log.scrollHeight;
    else atEnd.value = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  });
  const grown = new ResizeObserver(settle);
  grown.observe(list);
  grown.observe(log);
  toEnd();
  return { atEnd, toEnd, letGo: () => (atEnd.value = false) };
}
