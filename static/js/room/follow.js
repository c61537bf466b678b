// The log stays at its end while one is there, and never moves under somebody who reads back.

import { batch, effect, signal } from "../../vendor/signals/signals-core.js";
import { held, readsBack } from "../state.js";

const NEAR = 40; // px from the end that count as being there
const BY_HAND = 700; // ms after a wheel, touch or key in which scrolling is a person's doing
const PULLING = 150; // ms after them in which nothing pulls the other way

/**
 * {atEnd, toEnd(), letGo(), settle()} for a scrolling `log` with one growing `list` in it. `stay` puts
 * back what was in view, `scrolled` hears of every move.
 */
export function follow(log, list, { stay, scrolled }) {
  const atEnd = signal(true);
  let touchedAt = 0;
  const since = () => performance.now() - touchedAt;
  const toEnd = () => {
    batch(() => ([held.value, atEnd.value] = [null, true]));
    log.scrollTop = log.scrollHeight;
  };
  const settle = () => {
    if (!atEnd.peek()) stay();
    else if (since() > PULLING) log.scrollTop = log.scrollHeight;
  };
  log.classList.remove("first-paint");
  for (const hand of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    log.addEventListener(hand, () => (touchedAt = performance.now()), { passive: true });
  }
  log.addEventListener("scroll", () => {
    const isNear = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    // Rows above may get another height, which scrolls too.
    if (atEnd.peek() && since() > BY_HAND) log.scrollTop = log.scrollHeight;
    else atEnd.value = isNear && held.peek() === null;
    scrolled();
  }, { passive: true });
  const grown = new ResizeObserver(settle);
  grown.observe(list);
  grown.observe(log);
  effect(() => {
    readsBack.value = !atEnd.value;
  });
  return { atEnd, toEnd, settle, letGo: () => (atEnd.value = false) };
}
