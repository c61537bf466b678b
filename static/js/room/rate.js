// How fast alerts come: said over the log while a storm lasts, with what helps against it.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed } from "../../vendor/signals/signals-core.js";
import { entries } from "../state.js";
import { now } from "../time.js";
import { icon } from "./icon.js";
import { mute, muted } from "./muting.js";
import { nameOf } from "./names.js";

const WITHIN = 2 * 60_000; // ms
const STORM = 10; // alerts in that time
const STEP = 5_000; // ms between two looks

const look = computed(() => Math.floor(now.value / STEP) * STEP);

/** {count, source}: the alerts of the last two minutes and who sent most of them, or null. */
const storm = computed(() => {
  const since = look.value - WITHIN;
  const log = entries.peek();
  const bySource = new Map();
  for (let at = log.length - 1; at >= 0 && Date.parse(log.at(at).recordedAt) > since; at -= 1) {
    const { type, author } = log.at(at);
    if (type === "alert" && !muted.value.has(author)) bySource.set(author, (bySource.get(author) ?? 0) + 1);
  }
  const counts = [...bySource.values()].reduce((sum, count) => sum + count, 0);
  if (counts < STORM) return null;
  const [source] = [...bySource].sort(([, one], [, other]) => other - one)[0];
  return { count: counts, source };
});

export function rateLine() {
  if (!storm.value) return nothing;
  const { count, source } = storm.value;
  return html`<p class="log-note">${icon("bell-ring")}<span><b>${count} alerts in 2 min</b><i>, most of <bdi>${nameOf(source)}</bdi></i></span>
    <button class="text-btn" type="button" @click=${() => mute(source)}>Mute ${nameOf(source)} for me</button></p>`;
}
