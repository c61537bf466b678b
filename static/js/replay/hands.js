// Nobody changes the past: while it is shown, whatever would change something does not, and says why.
// Which buttons those are is said here once; reading, copying and looking elsewhere go on.

import { effect } from "../../vendor/signals/signals-core.js";
import { past } from "../state.js";
import { toast } from "../room/toasts.js";

export const WHY = "This is the past. Go back to live (Esc) to change anything.";

const PLACES = ["band", "yours", "roles", "scope", "causes", "board", "ladder", "comms", "entries", "composer"];
const CHANGES = ":is(button:not([data-looks]), input, select)";
/** Buttons in those places that only look. */
const LOOKS = ".copy, .ref, .fold, .more, .show-all, [aria-expanded], [aria-label^='Copy'], [aria-label^='Cite'], .cite, .earlier button";

let watcher = null;

export function tieHands() {
  effect(() => {
    if (past.value !== null && !watcher) tie();
    else if (past.value === null && watcher) untie();
  });
  for (const kind of ["click", "submit", "beforeinput", "dragstart", "drop"]) document.addEventListener(kind, refuse, { capture: true });
}

const places = () => PLACES.map((id) => document.getElementById(id)).filter(Boolean);
const isTied = (element) => element.matches?.(CHANGES) && !element.matches(LOOKS);

function tie() {
  watcher = new MutationObserver(mark);
  for (const place of places()) watcher.observe(place, { childList: true, subtree: true });
  mark();
}

function mark() {
  for (const place of places())
    for (const element of place.querySelectorAll(CHANGES))
      if (isTied(element) && !element.hasAttribute("data-past")) {
        element.dataset.past = element.getAttribute("aria-disabled") ?? "";
        element.setAttribute("aria-disabled", "true");
        element.setAttribute("aria-describedby", "past-why");
      }
  const field = document.getElementById("say");
  field?.setAttribute("readonly", "");
  field?.setAttribute("aria-describedby", "past-why");
}

function untie() {
  watcher.disconnect();
  watcher = null;
  for (const element of document.querySelectorAll("[data-past]")) {
    if (element.dataset.past) element.setAttribute("aria-disabled", element.dataset.past);
    else element.removeAttribute("aria-disabled");
    element.removeAttribute("aria-describedby");
    delete element.dataset.past;
  }
  const field = document.getElementById("say");
  field?.removeAttribute("readonly");
  field?.removeAttribute("aria-describedby");
}

function refuse(event) {
  if (past.value === null) return;
  const meant = event.target.closest?.(event.type === "click" ? "button, input, select" : "form, textarea, [draggable], .composer");
  if (!meant || !places().some((place) => place.contains(meant))) return;
  if (event.type === "click" && !isTied(meant)) return;
  event.preventDefault();
  event.stopPropagation();
  toast({ level: "soon", words: WHY, about: "past" });
}
