// The list of incidents, kept live by the lobby. Rows are the server's markup, filled again.
// It decides nothing: which rows there are and in which order follows from the summaries.

import { effect } from "../vendor/signals/signals-core.js";
import { openDeclaration } from "./declare.js";
import { bind, listen } from "./keys.js";
import { place } from "./list/board.js";
import { paintTimes } from "./list/moments.js";
import { note } from "./list/yours.js";
import {
  correctClock, now, ofDay, serverNow, span, startClock, toggleZone, zone, zoneWord,
} from "./time.js";
import { connect } from "./wire.js";

const find = (selector) => document.querySelector(selector);
const QUIET_FOR = 20_000; // ms without a word from the server before the clocks turn grey

let link = { phase: "wait", note: "", heardAt: Date.now() };

correctClock(Date.parse(find(".clock-toggle time").dateTime) - Date.now());
startClock();
effect(() => {
  paintClock(now.value, zone.value);
  paintTimes(document, now.value);
  paintLink();
});

connect({
  url: "/ws",
  onMessage: (message) => {
    if (message.type === "snapshot") {
      note(message.incidents, false);
      for (const summary of message.incidents) place(summary);
    }
    if (message.type === "summary") {
      note([message.incident], true);
      announce(place(message.incident), message.incident);
    }
    paintTimes(document, serverNow());
  },
  onState: (state) => {
    link = state;
    if (state.offset !== null) correctClock(state.offset);
    paintLink();
  },
});

bind("j", "Next incident", () => step(1));
bind("k", "Previous incident", () => step(-1));
bind("/", "Search", () => find("[name=q]").select());
bind("c", "Declare an incident", declare);
bind("t", "Change the theme", () => find("[data-theme-next]").click());
bind("z", "UTC or local time", toggleZone);
listen();

find("[data-zone]").addEventListener("click", toggleZone);
find("[data-open-declare]").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !find("#declare")) return;
  event.preventDefault();
  declare();
});
find("[data-filters]").addEventListener("submit", leaveOutEmptyFields);

function declare() {
  if (find("#declare")) openDeclaration(find("#declare"));
  else location.assign(find("[data-open-declare]").href);
}

function step(by) {
  const links = [...document.querySelectorAll(".row-link")];
  const at = links.indexOf(document.activeElement);
  const next = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by));
  links[next]?.focus();
}

function announce(what, { id, severity, title }) {
  const news = {
    new: `${id}, severity ${severity}, declared: ${title}`,
    ended: `${id} ended: ${title}`,
  };
  if (news[what]) find("[data-news]").textContent = news[what];
}

function paintClock() {
  const iso = new Date(serverNow()).toISOString();
  find(".clock-toggle time").textContent = ofDay(iso);
  find(".clock-toggle time").dateTime = iso;
  find(".clock-toggle span").textContent = zoneWord.value;
}

function paintLink() {
  const behind = Date.now() - link.heardAt;
  const quiet = link.phase === "ended" || behind > QUIET_FOR;
  const live = link.phase === "live" && !quiet;
  const state = find("[data-link]");
  const words = live ? "Connected" : linkWords(behind);
  state.dataset.state = live ? "live" : link.phase === "wait" ? "wait" : "off";
  if (state.lastElementChild.textContent !== words) state.lastElementChild.textContent = words;
  document.body.toggleAttribute("data-stale", quiet);
}

function linkWords(behind) {
  const note = link.note || "Connecting";
  return link.phase === "ended" || behind < 2_000 ? note : `${note}, ${span(behind)} behind`;
}

function leaveOutEmptyFields({ target }) {
  for (const field of target.elements) field.disabled = field.name !== "" && field.value === "";
}
