// The keys of the past, wherever the focus is but in a field: Esc, Space, arrows.

import { past } from "../state.js";
import { toggle } from "./player.js";
import { backToLive, byMinutes, toKey } from "./replay.js";
import { pause } from "./player.js";

const PRESSED_BY_SPACE = "button, a, summary, select, input, textarea, [contenteditable]";
const OWN_ARROWS = "select, textarea, input, [contenteditable]";

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (past.value === null || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const does = meaning(event);
    if (!does) return;
    event.preventDefault();
    does();
  });
}

function meaning({ key, shiftKey, target }) {
  if (key === "Escape") return backToLive;
  if (key === " " && (!target.matches(PRESSED_BY_SPACE) || target.type === "range")) return toggle;
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (!direction || target.matches(OWN_ARROWS)) return null;
  return () => {
    pause();
    (shiftKey ? byMinutes : toKey)(direction);
  };
}
