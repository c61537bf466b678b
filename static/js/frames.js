// Frames of the wire, taken once for each picture that the browser draws, and in a storm less often.
// A backlog is taken in slices, so that the page answers all the while.

import { batch } from "../vendor/signals/signals-core.js";

const AT_ONCE = 6; // ms of a picture's 16 for taking frames; drawing them needs the rest
const FEW = 16; // frames of which each picture takes at most so many, or an eighth of a long backlog
const UNSEEN = 250; // ms: pages that are not looked at draw no pictures
const STORM = 10; // frames within half a second: more than anybody reads
const HALF = 500; // ms
const PACE = 200; // ms between two pictures of a storm, so that a key is answered between them

/** `take(frame)` hears of each frame that is given to what is returned, in order. */
export function perPicture(take) {
  const waiting = [];
  const came = []; // when the last frames did
  let asked = false;
  let worked = -Infinity; // when frames were last taken

  function work() {
    if (!asked) return;
    asked = false;
    worked = performance.now();
    const end = worked + AT_ONCE;
    const most = Math.min(waiting.length, Math.max(FEW, waiting.length >> 3));
    let taken = 0;
    batch(() => {
      while (taken < most && (taken === 0 || performance.now() < end)) take(waiting[taken++]);
    });
    waiting.splice(0, taken);
    if (waiting.length) ask(0);
  }

  function ask(pause) {
    if (asked) return;
    asked = true;
    const late = setTimeout(work, UNSEEN);
    if (document.hidden) return;
    const draw = () => requestAnimationFrame(() => {
      clearTimeout(late);
      work();
    });
    if (pause > 0) setTimeout(draw, pause);
    else draw();
  }

  function pause() {
    const now = performance.now();
    came.push(now);
    if (came.length <= STORM) return 0;
    return now - came.shift() < HALF ? worked + PACE - now : 0;
  }

  return (frame) => {
    waiting.push(frame);
    ask(pause());
  };
}
