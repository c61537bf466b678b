// Which entry of the timeline is meant: by the mouse, by a tap, by the arrow keys.

import { current } from "./looking.js";

/** Only the entry that is meant has its buttons in the page: two thousand entries stay light. */
export function trackPointer(list) {
  const mean = (event) => {
    const entry = event.target.closest("[data-number]");
    if (entry) current.value = Number(entry.dataset.number);
  };
  list.addEventListener("pointerover", (event) => event.pointerType === "mouse" && mean(event));
  list.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && mean(event));
  list.addEventListener("click", mean);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step || !event.target.matches(".ref")) return;
    const refs = [...list.querySelectorAll(".ref")];
    refs[refs.indexOf(event.target) + step]?.focus();
    event.preventDefault();
  });
}
