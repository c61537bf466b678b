// Frames of the wire, taken once for each picture that the browser draws.
// A backlog is taken in slices, so that the page answers all the while.

import { batch } from "../vendor/signals/signals-core.js";

const AT_ONCE = 6; // ms of a picture's 16 for taking frames; drawing them needs the rest
const FEW = 16; // frames of which each picture takes at most so many, or an eighth of a long backlog
const UNSEEN = 250; // ms: pages that are not looked at draw no pictures

/** `take(frame)` hears of each frame that is given to what is returned, in order. */
export function perPicture(take) {
  const waiting = [];
  let asked = false;

  function work() {
    if (!asked) return;
    asked = false;
    const end = performance.now() + AT_ONCE;
    const most = Math.min(waiting.length, Math.max(FEW, waiting.length >> 3));
    let taken = 0;
    batch(() => {
      while (taken < most && (taken === 0 || performance.now() < end)) take(waiting[taken++]);
    });
    waiting.splice(0, taken);
    if (waiting.length) ask();
  }

  function ask() {
    if (asked) return;
    asked = true;
    const late = setTimeout(work, UNSEEN);
    if (document.hidden) return;
    requestAnimationFrame(() => {
      clearTimeout(late);
      work();
    });
  }

  return (frame) => {
    waiting.push(frame);
    ask();
  };
}
