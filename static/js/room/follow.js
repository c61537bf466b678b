// The log stays at its end while one is there, and never moves under somebody who reads back.

import { batch, effect, signal } from "../../vendor/signals/signals-core.js";
import { held, readsBack } from "../state.js";

const NEAR = 40; // px from the end that count as being there
const PULLING = 150; // ms after a wheel or a finger in which nothing pulls the other way
const CALM = 300; // ms after a picture in which what moved the log before may still do so

/**
 * {atEnd, toEnd(), letGo(), settle()} for a scrolling `log` with one growing `list` in it. `stay` puts
 * back what was in view, `scrolled` hears of every move, `grew` whenever the list was laid out anew.
 */
export function follow(log, list, { stay, scrolled, grew }) {
  const atEnd = signal(true);
  let touchedAt = 0;
  let settled = null; // how far there was to scroll when it was last put at its end
  let asked = null; // since the end was asked for, until the log is calm or somebody moves it
  const put = () => {
    settled = log.scrollHeight - log.clientHeight;
    log.scrollTop = log.scrollHeight;
  };
  // A browser scrolls smoothly beside the page: a key's or a wheel's way back may go on after this.
  const insist = () => {
    const mine = (asked = {});
    requestAnimationFrame(() => setTimeout(() => asked === mine && (asked = null), CALM));
    put();
  };
  const toEnd = () => {
    const isBack = !atEnd.peek();
    touchedAt = -Infinity; // whoever asks pulls no longer
    batch(() => ([held.value, atEnd.value] = [null, true]));
    if (isBack) insist();
    else put();
  };
  const settle = () => {
    if (!atEnd.peek()) return stay();
    if (settled === log.scrollHeight - log.clientHeight) return; // nothing grew: a few px from the end are somebody's own
    if (performance.now() - touchedAt < PULLING) return setTimeout(settle, PULLING);
    put();
  };
  const letGo = () => ([atEnd.value, asked] = [false, null]);
  log.classList.remove("first-paint");
  for (const hand of ["wheel", "touchmove"]) {
    log.addEventListener(hand, () => (touchedAt = performance.now()), { passive: true });
  }
  for (const hand of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    const at = hand === "keydown" ? document : log; // keys move a log also while it has no focus
    at.addEventListener(hand, () => (asked = null), { passive: true, capture: true });
  }
  log.addEventListener("scroll", () => {
    const most = log.scrollHeight - log.clientHeight;
    if (asked && most - log.scrollTop > 1) return insist();
    // What has grown since is settled after this: only what leads away from where the end was is somebody's doing.
    const end = atEnd.peek() ? Math.min(settled ?? most, most) : most;
    const isNear = held.peek() === null && end - log.scrollTop < NEAR;
    if (isNear && !atEnd.peek()) settled = most;
    atEnd.value = isNear;
    scrolled();
  }, { passive: true });
  const grown = new ResizeObserver(() => {
    grew();
    settle();
  });
  grown.observe(list);
  grown.observe(log);
  effect(() => {
    readsBack.value = !atEnd.value;
  });
  return { atEnd, toEnd, settle, letGo };
}
