// The bar under the tape while the page shows the past: which moment, how it plays, the way back.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, effect } from "../../vendor/signals/signals-core.js";
import { live, me, past } from "../state.js";
import { bothZones, date, moment, now, ofDay, wanted, zone, zoneWord } from "../time.js";
import { copy } from "../room/copying.js";
import { icon } from "../room/icon.js";
import { panel, ticking } from "../room/panel.js";
import { saying, stateWord } from "../room/words.js";
import { addressOfMoment } from "./address.js";
import { WHY } from "./hands.js";
import { pause, playing, skipsQuiet, speed, SPEEDS, toggle } from "./player.js";
import { asking, backToLive, entered, failure, toKey } from "./replay.js";

const isOpen = computed(() => wanted.value !== null);
const since = computed(() => Math.max(0, (live.value.incident.entries ?? 0) - entered.value));

/** What somebody in the past must not miss: they are waited for now. */
const waits = computed(() => {
  const { escalation, roles = {} } = live.value.incident;
  if (escalation?.paged?.includes(me.value.handle) && !escalation.acknowledgedBy) return "You are paged now.";
  const offered = Object.values(roles).some((role) => (role?.offeredTo ?? role?.offer?.to) === me.value.handle);
  return offered ? "A role is offered to you now." : "";
});

export function showBar(place) {
  panel(place, () => (isOpen.value ? bar() : nothing));
  effect(() => document.body.toggleAttribute("data-replay", past.value !== null));
}

const bar = () => html`<section class="replay-bar" aria-label="Replay" ?data-waits=${Boolean(waits.value)}>
  <div class="replay-keys">
    ${key("skip-back", "Key entry before (←)", () => step(-1))}
    <button class="icon-btn play" type="button" aria-label=${playing.value ? "Pause (Space)" : "Play (Space)"} title=${playing.value ? "Pause (Space)" : "Play (Space)"} @click=${toggle}>${icon(playing.value ? "pause" : "play")}</button>
    ${key("skip-forward", "Next key entry (→)", () => step(1))}
  </div>
  <p class="replay-says">${says()}</p>
  <div class="replay-how">
    <fieldset class="segments"><legend class="vh">Speed</legend>${SPEEDS.map((one) => html`<label>
      <input type="radio" name="speed" value=${one} .checked=${speed.value === one} @change=${() => (speed.value = one)}><span>${one}×</span></label>`)}</fieldset>
    <label class="check"><input type="checkbox" .checked=${skipsQuiet.value} @change=${({ target }) => (skipsQuiet.value = target.checked)}><span>Skip quiet<i> minutes</i></span></label>
    <button class="copy" type="button" @click=${({ currentTarget }) => copy(lineOfMoment(), currentTarget)}>${icon("link")}<span>Copy link to this moment</span></button>
  </div>
  <button class="btn primary back" type="button" @click=${backToLive}>Back to live <kbd>Esc</kbd></button>
  <p class="vh" id="past-why">${WHY}</p>
  <p class="vh" role="status">${playing.value || !past.value ? "" : `${time()} ${zoneWord.value}. ${standing(past.value)}.`}</p>
</section>`;

const standing = ({ incident }) => `SEV${incident.severity}, ${stateWord(incident)}`;

const key = (sign, words, does) =>
  html`<button class="icon-btn" type="button" aria-label=${words} title=${words} @click=${does}>${icon(sign)}</button>`;

function step(direction) {
  pause();
  toKey(direction);
}

function says() {
  if (failure.value) return html`<b>This moment cannot be shown now.</b> <span>${saying(failure.value)}</span>`;
  return html`<b>Replaying <time title=${ticking(() => bothZones(wanted.value ?? now.value))}>${ticking(time)}</time></b>
    <span class="on-day">${ticking(day)}</span>
    <span class="news">${waits.value ? html`<strong>${waits.value}</strong>` : asking.value && !past.value ? "Reading the log" : news(since.value)}</span>`;
}

/** Of the log, not of the moment: what came while somebody looks at the past. */
const news = (count) => (count === 0 ? "" : `${count} new ${count === 1 ? "entry" : "entries"} since you came here.`);

const time = () => ofDay(wanted.value ?? now.value, zone.value);

/** The day where it is not today. */
function day() {
  const at = wanted.value ?? now.value;
  return date(at) === date(now.value) ? "" : date(at);
}

function lineOfMoment() {
  const { id, title } = live.value.incident;
  return `${id} at ${new Date(moment.value).toISOString().replace(/\.\d+Z$/, "Z")} ${title} ${addressOfMoment()}`;
}
