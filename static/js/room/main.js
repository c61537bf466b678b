// The war room comes alive: what the server drew is drawn again by what it sends from now on.
// A table of parts: `DRAWN` come one after the other, `LATER` once the page rests.

import { batch, effect } from "../../vendor/signals/signals-core.js";
import { greet, travelBy } from "../sending.js";
import { begin, incident, link, receive } from "../state.js";
import { mayBeLost } from "../outbox/kept.js";
import { bothZones, correctClock, nameZone, now, ofDay, startClock, zoneWord } from "../time.js";
import { connect } from "../wire.js";
import { switchZone } from "../zone.js";
import { html } from "../../vendor/lit/lit-html.js";
import { affectedPanel } from "./affected.js";
import { announce } from "./announce.js";
import { band } from "./band.js";
import { causesPanel } from "./causes.js";
import { composer } from "./composer.js";
import { banner, connection, watchStaleness } from "./connection.js";
import { keepDraft } from "./draft.js";
import { followLinks } from "./find.js";
import { fixesPanel } from "./fixes.js";
import { headline } from "./headline.js";
import { herePanel } from "./here.js";
import { ladderPanel } from "./ladder.js";
import { tellAbout } from "./notices.js";
import { mount as outbox } from "./outbox.js";
import { panel, ticking } from "./panel.js";
import { tellPlace } from "./place.js";
import { watchPolicy } from "./policy.js";
import { rolesPanel } from "./roles.js";
import { bindKeys } from "./shortcuts.js";
import { tabBar } from "./tabs.js";
import { fill, timeline } from "./timeline.js";
import { trackPointer } from "./pointing.js";
import { inTurns } from "./turns.js";
import { updatesPanel } from "./updates.js";
import { yoursPanel } from "./yours.js";

const at = (id) => document.getElementById(id);

/** [[id of its place, view]], what is needed first in front; they replace what the server drew. */
const DRAWN = [
  ["band", band],
  ["yours", yoursPanel],
  ["board", fixesPanel],
  ["ladder", ladderPanel],
  ["roles", rolesPanel],
  ["comms", updatesPanel],
  ["scope", affectedPanel],
  ["causes", causesPanel],
  ["here", herePanel],
  ["tabs", tabBar],
  ["clock", clockToggle],
  ["banner", banner],
];

/** [[ids of their places, what brings the module]]; each exports `mount(...places)`. */
const LATER = [
  [[], () => import("./watching.js")],
  [["tape"], () => import("./tape.js")],
  [["find"], () => import("./search.js")],
  [[], () => import("./attach.js")],
  [["catch-up", "catch-me"], () => import("./catch-up.js")],
  [["wall"], () => import("./wall-offer.js")],
  [[], () => import("./print.js")],
];

const COME_AGAIN = 5_000; // ms

const boot = JSON.parse(at("boot").textContent);
correctClock(Date.parse(boot.now) - Date.now());
begin(boot);
startClock();

travelBy(
  connect({
    url: `/ws?incident=${encodeURIComponent(incident.value.id)}`,
    after: boot.incident.seq,
    inBatch: batch,
    onMessage: (message) => {
      greet(message);
      tellAbout(message);
      receive(message);
    },
    onState: (state) => {
      link.value = state;
      if (state.offset !== null) correctClock(state.offset);
    },
  }),
);

inTurns([
  nameZone,
  () => {
    keepDraft(boot.incident.id, at("say")?.value);
    panel(at("composer"), composer);
  },
  () => effect(() => (at("band").dataset.sev = incident.value.severity)),
  ...DRAWN.slice(0, 2).map(drawn),
  () => timeline({ chips: at("chips"), log: at("log"), list: at("entries"), below: at("below") }),
  ...DRAWN.slice(2).map(drawn),
  () => fill(at("log")),
  () => at("clock").addEventListener("click", switchZone),
  headline,
  watchStaleness,
  () => trackPointer(at("entries")),
  followLinks,
  bindKeys,
  watchPolicy,
  () => announce(at("announced")),
  () => tellPlace({ timeline: at("timeline"), fixes: at("doing"), roles: at("people") }),
  () => outbox(at("outbox")), // never later: without a network it could not come
  () => panel(at("connection"), connection), // says "Connected" of a page that can do what it shows
]).then(() => rest(() => LATER.forEach(come), { timeout: 1_000 }));

function rest(does, within) {
  if (window.requestIdleCallback) requestIdleCallback(does, within);
  else setTimeout(does, 200);
}

/** What a network that was away kept from coming is asked for again. */
async function come([ids, bring]) {
  const part = await bring().catch(() => null);
  if (part) part.mount(...ids.map(at));
  else setTimeout(() => come([ids, bring]), COME_AGAIN);
}

function drawn([id, view]) {
  return () => panel(at(id), view);
}

function clockToggle() {
  const other = zoneWord.value === "UTC" ? "local" : "UTC";
  return html`<time datetime=${ticking(() => new Date(now.value).toISOString())}
    title=${ticking(() => bothZones(now.value))}>${ticking(() => ofDay(now.value))}</time>
  <span>${zoneWord.value}</span><span class="vh">, switch all times to ${other}</span>`;
}

// Where this browser keeps nothing, what was written and has not arrived would be lost with the page.
addEventListener("beforeunload", (event) => mayBeLost() && event.preventDefault());
