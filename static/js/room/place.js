// Where this person is on the page, and telling the others.
// Presence is forgotten by the server when the socket goes, so it is told again on every hello.

import { batch, effect, signal } from "../../vendor/signals/signals-core.js";
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
const on = signal(null); // what was touched there: a fix, a cause, an audience

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
    const touched = ({ target }) => batch(() => [near.value, on.value] = [place, thingAt(target)]);
    column.addEventListener("pointerdown", touched);
    column.addEventListener("focusin", touched);
  }
  effect(() => {
    document.body.dataset.tab = tab.value;
    [near.value, on.value] = [PLACES[tab.value], null];
  });
  let told = null;
  effect(() => {
    const place = hidden.value ? "away" : typing.value ? "typing" : near.value;
    const here = { type: "here", place, ...(on.value && place === near.value && { on: on.value }) };
    const words = link.value.phase === "live" ? JSON.stringify(here) : null;
    if (words && words !== told) mention(here);
    told = words;
  });
}

/** The fix, the cause or the audience that an element belongs to. */
const thingAt = (element) => element.closest("[data-on]")?.dataset.on ?? element.closest("[id]:is(.fix, .fix-done, .causes > li)")?.id ?? null;
