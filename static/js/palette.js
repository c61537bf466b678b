// On every signed-in page: Ctrl+K or Cmd+K, the Jump button, the single keys, and what can be done
// anywhere. The palette itself and the help come with the first touch, so that they also open when
// the server is away.

import { holdKeys } from "./held.js";
import { keysAreOn, listen } from "./keys.js";
import { offer } from "./offers.js";
import "./taps.js";
import { touched } from "./touched.js";

const AWAY = "This has not come to the browser yet, and the server is away. Try again when you are connected.";
const LASTS = 10_000; // ms
const PATIENCE = 4_000; // ms that a busy page keeps the palette waiting
const EVERYWHERE = "Everywhere";
const GO = "Go to";
const PLACES = { "/": "g i", "/oncall": "g o", "/policy": "g p", "/postmortems": "g m", "/analytics": "g a" };

const bring = () => import("./palette/dialog.js");
const help = () => import("./palette/help.js").then((keys) => keys.help(), away);
const go = (path) => () => location.assign(path);
const elsewhere = (path) => () => location.pathname !== path;

for (const link of document.querySelectorAll(".nav a")) {
  const path = link.getAttribute("href");
  const words = link.firstChild.textContent.trim();
  offer({ id: `go ${path}`, words, keys: PLACES[path] ?? null, group: GO, may: elsewhere(path), does: go(path) });
}
offer({ id: "go /you", words: "How you are told", group: GO, may: elsewhere("/you"), does: go("/you") });
offer({ id: "declare", words: "Declare an incident", keys: "c", group: EVERYWHERE, may: elsewhere("/declare"), does: go("/declare") });
offer({ id: "theme", words: "Change the theme", keys: "t", group: EVERYWHERE, does: () => document.querySelector("[data-theme-next]").click() });
offer({ id: "help", words: "Show all keys", keys: "?", group: EVERYWHERE, does: help });

listen();
document.addEventListener("keydown", (event) => {
  const jumps = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
  if (!jumps || event.isComposing) return;
  event.preventDefault(); // the browser's own search bar
  toggle();
});
for (const button of document.querySelectorAll("[data-jump]")) button.addEventListener("click", toggle);

let early = null; // keys pressed while the palette is still on its way

async function toggle() {
  if (early) return;
  early = holdKeys();
  try {
    const palette = await bring().catch(() => null);
    if (!early.isGivenUp()) palette ? palette.toggle(early.keys) : away();
  } finally {
    early.letGo();
    early = null;
  }
}

/** Said in a place of its own: not every page has one for such words. */
function away() {
  document.getElementById("away")?.remove();
  const [place, words] = [document.createElement("div"), document.createElement("p")];
  Object.assign(place, { id: "away", className: "toasts" });
  Object.assign(words, { className: "toast", textContent: AWAY });
  words.setAttribute("role", "alert");
  words.dataset.level = "late";
  place.append(words);
  document.body.append(place);
  setTimeout(() => place.remove(), LASTS);
}

const rest = window.requestIdleCallback ?? ((does) => setTimeout(does, 1_000));
touched.then(() => rest(() => Promise.allSettled([bring(), keysAreOn() && import("./palette/help.js")]), { timeout: PATIENCE }));
