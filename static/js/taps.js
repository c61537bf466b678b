// The second tap of a double tap never presses what moved under the finger by the first one.
// Pressing the same button again is for the button itself to answer.

const SOON = 600; // ms
const NEAR = 24; // CSS pixels
const PRESSED = "a, button, summary, [role=button]";

let last = null; // {button, words, at, x, y} of the click before

/** A button that was drawn anew for another thing has other words. */
const wordsOf = (button) => `${button.ariaLabel ?? ""} ${button.textContent}`;

function guard(event) {
  if (event.detail === 0) return; // by a key, or by a script
  const button = event.target.closest?.(PRESSED);
  const [at, x, y] = [event.timeStamp, event.clientX, event.clientY];
  const close = last && at - last.at < SOON && Math.hypot(x - last.x, y - last.y) <= NEAR;
  const other = button && last?.button && (button !== last.button || wordsOf(button) !== last.words);
  if (close && other) {
    event.preventDefault();
    event.stopImmediatePropagation();
    last.at = at; // whoever goes on tapping has not looked yet
  } else last = { button, words: button && wordsOf(button), at, x, y };
}

addEventListener("click", guard, true);
