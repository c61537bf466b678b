// The wallboard is offered, and opened by its address; itself it comes with the first touch.

import { offer } from "../offers.js";
import { lazily } from "./lazily.js";

const show = lazily(() => import("./wall.js"), "show");

export function mount(place) {
  offer({ id: "wallboard", words: "Wallboard: fill the screen for a room to see", keys: "w", group: "This incident", does: () => show(place) });
  if (new URLSearchParams(location.search).has("wall")) show(place);
}
