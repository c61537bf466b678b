// The first sign that somebody is at the page. What is only needed to act comes then, and after a
// minute anyway, so that it is there before the server may be away.

const SIGNS = ["pointermove", "pointerdown", "touchstart", "keydown", "focusin", "wheel"];
const ANYWAY = 60_000; // ms

export const touched = new Promise((resolve) => {
  const signs = new AbortController();
  const told = () => {
    signs.abort();
    clearTimeout(anyway);
    resolve();
  };
  const anyway = setTimeout(told, ANYWAY);
  for (const sign of SIGNS) addEventListener(sign, told, { capture: true, passive: true, signal: signs.signal });
});
