// Work in turns: a little at a time, so that the browser paints and answers a key in between.

const TURN = 8; // ms; half a frame

/** Does all `steps` in order, and lets others have their turn whenever one has become long. */
export async function inTurns(steps) {
  let began = performance.now();
  for (const step of steps) {
    if (performance.now() - began > TURN) {
      await turn();
      began = performance.now();
    }
    step();
  }
}

/** When something can be seen of the page; a page that nobody looks at is never painted. */
export async function painted() {
  const seen = performance.getEntriesByName("first-contentful-paint").length > 0;
  if (seen || document.visibilityState === "hidden") return;
  await new Promise((goOn) => {
    requestAnimationFrame(goOn);
    setTimeout(goOn, 200);
  });
  await turn();
}

const turn = () => globalThis.scheduler?.yield?.() ?? new Promise((goOn) => setTimeout(goOn));
