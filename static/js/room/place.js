// Where this person is on the page, and telling the others.
// Presence is forgotten by the server when the socket goes, so it is told again on every hello.

import { effect, signal } from "../../vendor/signals/signals-core.js";
import { mention } from "../sending.js";
import { link } from "../state.js";

const TYPING_FOR = 5_000; // ms after the last key

export const TABS = ["timeline", "fixes", "paging", "comms", "people"];
const PLACES = { timeline: "timeline", fixes: "fixes", paging: "roles", comms: "communications", people: "roles" };

/** Which of the panels a phone shows; wider screens show all of them. */
export const tab = signal("timeline");
export const hidden = signal(document.hidden);
const typing = signal(false);
const near = signal("timeline"); // the column last touched, on wide screens

let stopped = null;

export function typed() {
  typing.value = true;
  clearTimeout(stopped);
  stopped = setTimeout(stopTyping, TYPING_FOR);
}

export function stopTyping() {
  typing.value = false;
}

export function tellPlace(columns) {
  document.addEventListener("visibilitychange", () => (hidden.value = document.hidden));
  for (const [place, column] of Object.entries(columns)) {
    column.addEventListener("pointerdown", () => (near.value = place));
    column.addEventListener("focusin", () => (near.value = place));
  }
  effect(() => {
    document.body.dataset.tab = tab.value;
    near.value = PLACES[tab.value];
  });
  let told = null;
  effect(() => {
    const place = hidden.value ? "away" : typing.value ? "typing" : near.value;
    if (link.value.phase !== "live") told = null;
    else if (told !== place) mention({ type: "here", place: (told = place) });
  });
}
