// The tape under the band: phases, a tick for every entry, the way into the past.
// It is drawn anew at most a few times a second, and only where a pixel of it would change.

import { html, nothing, svg } from "../../vendor/lit/lit-html.js";
import { live as same } from "../../vendor/lit/directives/live.js";
import { ref } from "../../vendor/lit/directives/ref.js";
import { computed, effect, signal } from "../../vendor/signals/signals-core.js";
import { offer } from "../offers.js";
import { link, past } from "../state.js";
import { bothZones, date, minuteOfDay, now, ofDay, serverNow, span, wanted, zone, zoneWord } from "../time.js";
import { stale } from "./connection.js";
import { icon } from "./icon.js";
import { lazily } from "./lazily.js";
import { panel } from "./panel.js";
import { extent, isOverAt, latest, marks, percent, phaseWord, severitySteps, standing } from "./tape-scale.js";
import { followTape, tape, ticked, ticks } from "./tape-facts.js";
import { lines } from "./tape-ticks.js";

const HEIGHT = 26; // px of the ticks
const DRAW_EVERY = 1_000; // ms; a pixel of the tape is mostly longer than that
const BANDS = ["machine", "hot", "change", "human", "key"];

/** What is drawn now: {width, from, to, count}; nothing is until the tape was told. */
const shown = signal(null);
const width = signal(0);
let held = false; // the scale does not move under a hand

const head = wanted;
const isLive = computed(() => link.value.phase === "live" && !stale.value);
const drawing = computed(() => (shown.value ? lines(ticks, { ...shown.value, height: HEIGHT }) : {}));

export function mount(root) {
  followTape();
  root.hidden = false;
  panel(root, view);
  const track = root.querySelector(".track");
  new ResizeObserver(() => (width.value = track.clientWidth)).observe(track);
  effect(scale);
  offer({ id: "replay", words: "Replay the incident", keys: "r", group: "This incident", may: () => tape.value !== null, does: toggle });
  const asked = Date.parse(new URLSearchParams(location.search).get("at") ?? "");
  if (asked) seek(asked);
}

let coming = null; // one promise: several imports of a module end in no order, and the last moment counts
const bring = () => (coming ??= import("../replay/replay.js").catch((why) => ((coming = null), Promise.reject(why))));

/** What is needed only in the past comes with the first touch; what is asked for before waits for it. */
const [seek, backToLive, fromTheStart, byMinutes, toKey] = ["seek", "backToLive", "fromTheStart", "byMinutes", "toKey"]
  .map((name) => lazily(bring, name, () => (wanted.value = null)));

const toggle = () => (past.value ? backToLive() : fromTheStart());

let drawnAt = 0;
let waiting = null;

/** Looks whether something would be drawn elsewhere, but not more often than is good for the page. */
function scale() {
  if (!tape.value || !width.value) return;
  void [ticked.value, now.value];
  waiting ??= setTimeout(draw, Math.max(0, drawnAt + DRAW_EVERY - Date.now()));
}

function draw() {
  [waiting, drawnAt] = [null, Date.now()];
  if (held || document.hidden) return;
  const ends = extent(tape.value, ticks.before(latest(tape.value)), serverNow());
  const before = shown.value;
  const pixel = (ends.to - ends.from) / width.value;
  const isSame = before && before.count === ticks.length && before.width === width.value && before.from === ends.from;
  if (!isSame || Math.abs(ends.to - before.to) >= pixel) shown.value = { ...ends, width: width.value, count: ticks.length };
}

const view = () => html`
  <button class="tape-btn" type="button" aria-pressed=${past.value !== null} ?disabled=${!tape.value} @click=${toggle}>${icon("rewind")}<span>Replay</span></button>
  <div class="track">${shown.value ? track(shown.value) : nothing}</div>
  ${pill()}`;

/** Places something by percents of the length: no page of ours may have a style in its markup. */
const at = (from, to = null) => ref((element) => {
  element?.style.setProperty("inset-inline-start", `${from}%`);
  if (to !== null) element?.style.setProperty("inline-size", `${to - from}%`);
});

const track = (ends) => html`
  <ol class="phases" aria-label="Phases">${tape.value.phases.map((one) => phase(one, ends))}</ol>
  <div class="ticks"><svg viewBox="0 0 ${Math.max(1, ends.width)} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
    ${pathsOf(drawing.value)}</svg></div>
  ${severitySteps(tape.value.severities, ends, ends.width, tape.value.phases).map((step) => html`
    <p class="sev-step" data-sev=${step.severity} ?data-before=${step.before} title=${`${step.words}, ${bothZones(step.at)}`} ${at(percent(step.at, ends))}>
      <b class=${step.fits ? "" : "vh"}>${step.words}</b></p>`)}
  <ol class="axis" aria-hidden="true">${marks(ends, ends.width, zone.value, { minuteOfDay, ofDay, date }).map(mark(ends))}</ol>
  ${head.value === null ? nothing : html`<i class="tape-head" ${at(percent(head.value, ends))}></i><i class="tape-ahead" ${at(percent(head.value, ends), 100)}></i>`}
  <input class="scrub" type="range" min=${ends.from} max=${ends.to} step="1" .value=${same(String(head.value ?? ends.to))}
    aria-label="Moment of the incident" aria-valuetext=${inWords(ends)}
    @input=${drag} @change=${letGo} @pointerdown=${() => (held = true)} @pointerup=${letGo} @pointercancel=${letGo} @keydown=${pressed}>`;

const pathsOf = (drawn) => BANDS.map((band) => svg`<path class="t-${band}" d=${drawn[band] ?? ""}></path>`);

function phase({ state, from, to }, ends) {
  const [start, end] = [percent(from, ends), percent(to ?? ends.to, ends)];
  const length = span((to ?? Math.max(ends.to, from)) - from);
  const lasts = to ? length : isOverAt(state) ? "" : `${length} so far`;
  const words = lasts ? `${phaseWord(state)}, ${lasts}` : phaseWord(state);
  const isNow = head.value === null ? to === null : head.value >= from && head.value < (to ?? Infinity);
  const px = ((end - start) / 100) * ends.width;
  return html`<li aria-current=${isNow ? "step" : nothing} ?data-narrow=${px < 36} title=${words} ${at(start, end)}>
    ${phaseWord(state)} <span>${lasts}</span></li>`;
}

const mark = (ends) => (one) => html`<li ${at(percent(one.at, ends))}>${one.words}</li>`;

function pill() {
  const isOver = Boolean(tape.value?.to);
  if (past.value) return html`<button class="live-pill back" type="button" @click=${toggle}><i aria-hidden="true"></i>${isOver ? "The end" : "Live"}<span class="vh">, back to it</span></button>`;
  if (isOver) return html`<span class="live-pill over">Over</span>`;
  return html`<span class="live-pill" ?data-off=${!isLive.value}><i aria-hidden="true"></i>${isLive.value ? "Live" : "Behind"}</span>`;
}

/** The moment in words, for who cannot see the tape. */
function inWords(ends) {
  const when = head.value ?? ends.to;
  const word = head.value === null ? (tape.value.to ? "The end" : "Live") : `${date(when)} ${ofDay(when)} ${zoneWord.value}`;
  return `${word}, ${standing(tape.value, when)}`;
}

function drag({ target }) {
  const { from, to, width: px } = shown.value;
  const asked = Number(target.value);
  const isEnd = asked >= to - (2 * (to - from)) / px;
  if (isEnd) return backToLive();
  wanted.value = asked;
  return seek(asked);
}

function letGo() {
  held = false;
  draw();
}

const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };

function pressed(event) {
  const { key, shiftKey } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || !(key in KEYS || key === "Home" || key === "End")) return;
  event.preventDefault();
  if (key === "Home") fromTheStart();
  else if (key === "End") backToLive();
  else if (shiftKey || !/Left|Right/.test(key)) byMinutes(KEYS[key]);
  else toKey(KEYS[key]);
}
