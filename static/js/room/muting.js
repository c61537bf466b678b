// Sources of alerts that somebody does not want to see in this incident. It is said how many are
// put away, nothing is lost, and it is so in this browser only.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, signal } from "../../vendor/signals/signals-core.js";
import { keep, kept } from "../keep.js";
import { entries, live } from "../state.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { isMuted } from "./rows.js";

const own = signal(null);

/** The handles of what is muted. */
export const muted = computed(() => own.value ?? new Set(JSON.parse(kept(name(), "[]"))));

const name = () => `muted:${live.value.incident.id}`;

export function mute(source) {
  change(new Set([...muted.value, source]));
}

export function unmute(source) {
  change(new Set([...muted.value].filter((one) => one !== source)));
}

function change(sources) {
  own.value = sources;
  keep(name(), sources.size ? JSON.stringify([...sources]) : null);
}

const putAway = computed(() => {
  if (!muted.value.size) return 0;
  return entries.value.slice().filter((entry) => isMuted(entry, muted.value)).length;
});

/** The line that says so, over the log. */
export const mutedLine = () => [...muted.value].map((source) => html`<p class="log-note">
  ${icon("bell-off")}<span>Alerts of <b><bdi>${nameOf(source)}</bdi></b> are muted for you${putAway.value ? `, ${putAway.value} put away` : ""}.</span>
  <button class="text-btn" type="button" @click=${() => unmute(source)}>Show them</button></p>`);

export const muteButton = ({ type, author }) => type !== "alert" ? nothing : html`<button class="icon-btn" type="button"
  aria-label="Mute alerts of ${nameOf(author)} for you" title="Mute alerts of ${nameOf(author)} for you"
  @click=${() => mute(author)}>${icon("bell-off")}</button>`;
