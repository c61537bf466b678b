// The list of incidents, kept live by the lobby. Rows are the server's markup, filled again.
// It decides nothing: which rows there are and in which order follows from the summaries.

import { effect } from "../vendor/signals/signals-core.js";
import { openDeclaration } from "./declare.js";
import { showIcon } from "./favicon.js";
import { openNow, place } from "./list/board.js";
import { keepDuty } from "./list/duty.js";
import { watchKept } from "./list/kept.js";
import { paintTimes } from "./list/moments.js";
import { note, pagedFor } from "./list/yours.js";
import { offer } from "./offers.js";
import {
  correctClock, now, ofDay, serverNow, span, startClock, zone, zoneWord,
} from "./time.js";
import { visibly } from "./unseen.js";
import { connect } from "./wire.js";
import { switchZone } from "./zone.js";

const find = (selector) => document.querySelector(selector);
const QUIET_FOR = 20_000; // ms without a word from the server before the clocks turn grey

let link = { phase: "wait", note: "", heardAt: Date.now() };

correctClock(Date.parse(find(".clock-toggle time").dateTime) - Date.now());
startClock();
watchKept();
effect(() => {
  paintClock(now.value, zone.value);
  keepDuty(now.value);
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
    paintTab();
  },
  onState: (state) => {
    link = state;
    if (state.offset !== null) correctClock(state.offset);
    paintLink();
  },
});

const ROWS = { group: "This list" };
offer({ ...ROWS, id: "search", words: "Search the list", keys: "/", does: () => find("[name=q]").select() });
offer({ ...ROWS, id: "next", words: "Next incident", keys: "j", does: () => step(1) });
offer({ ...ROWS, id: "previous", words: "Previous incident", keys: "k", does: () => step(-1) });
offer({ id: "declare", words: "Declare an incident", keys: "c", group: "Everywhere", does: declare });
offer({ id: "zone", words: "Times in UTC or in your zone", keys: "z", group: "Everywhere", also: "utc local zone clock", does: switchZone });

find("[data-zone]").addEventListener("click", switchZone);
find("[data-open-declare]").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !find("#declare")) return;
  event.preventDefault();
  declare();
});
find("[data-filters]").addEventListener("submit", narrow);
find("[data-fold]").addEventListener("click", ({ currentTarget }) => {
  currentTarget.setAttribute("aria-expanded", find("[data-filters]").toggleAttribute("data-open"));
});

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

function announce(what, { id, severity, title: written }) {
  const title = visibly(written);
  const news = {
    gone: `${id} does not match these filters any more`,
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

/** The address says what is shown: `?sev=1,2&state=open`, without what was left empty. */
function narrow(event) {
  event.preventDefault();
  const given = new FormData(event.target);
  const asked = [...new Set(given.keys())].map((name) => [name, given.getAll(name).filter(Boolean).join(",")]);
  const query = asked.filter(([, value]) => value).map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`);
  location.assign(query.length ? `/?${query.join("&")}` : "/");
}

/** Of all that is open, whatever the filters show: how many, how bad, and whether it pages the reader. */
function paintTab() {
  const { count, worst } = openNow();
  const paged = pagedFor.value;
  const open = count ? `${count} open, SEV${worst}` : "No open";
  document.title = `${paged ? `You are paged: ${paged.id} · ` : ""}${open} · Incident Command`;
  showIcon({ severity: count ? worst : 5, words: count > 99 ? "99" : count, alarm: Boolean(paged) });
}
