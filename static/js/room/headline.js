// The browser's tab: what is due, how bad, in which state. Readable while another tab is open.

import { effect } from "../../vendor/signals/signals-core.js";
import { incident } from "../state.js";
import { clock, now, urgency } from "../time.js";
import { nextUpdate } from "./band.js";
import { stateWord } from "./words.js";

const FILLS = { 1: ["#d93a26", "#fff"], 2: ["#f5b145", "#2b1a00"], 3: ["#2f7fc4", "#fff"] };
const QUIET = ["#66736f", "#fff"];

export function headline() {
  effect(() => {
    document.title = titleOf(incident.value, nextUpdate.value, now.value);
  });
  const link = document.querySelector("link[rel=icon]");
  let shown = null;
  effect(() => {
    const late = urgency(nextUpdate.value?.at) === "late";
    const drawing = iconOf(incident.value.severity, late);
    if (link && drawing !== shown) link.href = `data:image/svg+xml,${encodeURIComponent((shown = drawing))}`;
  });
}

/** (4:39) SEV1 Fixing - INC-7 */
export function titleOf(room, next, at) {
  const left = next ? Date.parse(next.at) - at : null;
  const due = left === null ? "" : `(${left < 0 ? "late " : ""}${clock(Math.abs(left))}) `;
  return `${due}SEV${room.severity} ${stateWord(room)} - ${room.id}`;
}

function iconOf(severity, late) {
  const [fill, ink] = FILLS[severity] ?? QUIET;
  const dot = late ? '<circle cx="26" cy="6" r="6" fill="#fff"/><circle cx="26" cy="6" r="4" fill="#d93a26"/>' : "";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="${fill}"/>
    <text x="16" y="24" font-family="sans-serif" font-size="22" font-weight="700" text-anchor="middle" fill="${ink}">${severity}</text>${dot}</svg>`;
}
