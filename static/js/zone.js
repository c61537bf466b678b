// All times in UTC or in the browser's zone; where these are the same, that is said.

import { isUtcHere, toggleZone } from "./time.js";

const LASTS = 10_000; // ms

export function switchZone() {
  toggleZone();
  if (!isUtcHere()) return;
  document.getElementById("same-zone")?.remove();
  const [place, words] = [document.createElement("div"), document.createElement("p")];
  Object.assign(place, { id: "same-zone", className: "toasts" });
  Object.assign(words, { className: "toast", textContent: "Your browser's zone is UTC." });
  words.setAttribute("role", "alert");
  place.append(words);
  document.body.append(place);
  setTimeout(() => place.remove(), LASTS);
}
