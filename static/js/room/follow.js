// The log stays at its end while one is there, and never moves under somebody who reads back.

import { batch, effect, signal } from "../../vendor/signals/signals-core.js";
import { held, readsBack } from "../state.js";

const NEAR = 40; // px from the end that count as being there
const PULLING = 150; // ms after a wheel or a finger in which nothing pulls the other way

/**
 * {atEnd, toEnd(), letGo(), settle()} for a scrolling `log` with one growing `list` in it. `stay` puts
 * back what was in view, `scrolled` hears of every move.
 */
export function follow(log, list, { stay, scrolled }) {
  const atEnd = signal(true);
  let touchedAt = 0;
  let settled = null; // how far there was to scroll when it was last put at its end
  const toEnd = () => {
    batch(() => ([held.value, atEnd.value] = [null, true]));
    settled = log.scrollHeight - log.clientHeight;
    log.scrollTop = log.scrollHeight;
  };
  const settle = () => {
    if (!atEnd.peek()) return stay();
    if (settled === log.scrollHeight - log.clientHeight) return; // nothing grew: a few px from the end are somebody's own
    if (performance.now() - touchedAt < PULLING) return setTimeout(settle, PULLING);
    settled = log.scrollHeight - log.clientHeight;
    log.scrollTop = log.scrollHeight;
  };
  log.classList.remove("first-paint");
  for (const hand of ["wheel", "touchmove"]) {
    log.addEventListener(hand, () => (touchedAt = performance.now()), { passive: true });
  }
  log.addEventListener("scroll", () => {
    // What grows is settled before it is seen: whatever leads away from the end is somebody's doing.
    atEnd.value = held.peek() === null && log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
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
