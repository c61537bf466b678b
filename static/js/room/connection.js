// The state of the connection in words, and the look of a page that may be out of date.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { computed, effect } from "../../vendor/signals/signals-core.js";
import { SIGNED_OUT } from "../absence.js";
import { mine } from "../sending.js";
import { link, me } from "../state.js";
import { now, span } from "../time.js";
import { icon } from "./icon.js";
import { nameOf } from "./names.js";
import { ticking } from "./panel.js";
import { toast } from "./toasts.js";

const STALE_AFTER = 20_000; // ms without a heartbeat
const LOOKS = { live: "live", wait: "wait", off: "off", ended: "off" };

const behind = () => (now.value, Date.now() - link.value.heardAt);
export const stale = computed(() => link.value.phase === "ended" || behind() > STALE_AFTER);
const waiting = computed(() => mine.value.filter(({ state }) => state === "waiting").length);

export const connection = () => html`<span class="link-state" role="status" data-state=${stale.value && link.value.phase === "live" ? LOOKS.wait : LOOKS[link.value.phase]}>
  ${icon("activity")}<span>${ticking(words)}</span></span>`;

function words() {
  const { phase, note } = link.value;
  if (phase === "live") return stale.value ? `Nothing heard for ${span(behind())}` : "Connected";
  const late = phase !== "ended" && behind() > 2_000 ? `, ${span(behind())} behind` : "";
  const kept = waiting.value ? `. ${waiting.value} kept` : "";
  return `${note || "Connecting"}${late}${kept}`;
}

/** What to do where the page cannot help itself. */
export const banner = () => link.value.phase === "ended"
  ? html`<div class="banner" data-level="late" role="alert">${icon("triangle-alert")}
      <span>${link.value.note}. Nothing here is live any more; what you write is kept in this browser.</span>
      ${link.value.code === SIGNED_OUT ? signIn() : html`<a class="btn sm" href="/">All incidents</a>`}</div>`
  : nothing;

/** The way back here: the page goes on where it was, also when somebody signs in in another tab. */
const signIn = () => html`<a class="btn sm" href="/signin?next=${encodeURIComponent(location.pathname + location.search)}">Sign in</a>`;

/** Who is signed in, and as what, may change while the page is open: it says so. */
export function watchStanding() {
  let [handle, role] = [me.value.handle, me.value.role];
  effect(() => {
    const now = me.value;
    const words = now.handle !== handle
      ? `You are signed in as ${now.name || now.handle} now, in this whole browser. What ${nameOf(handle)} wrote stays with them.`
      : now.role !== role && `Your role was changed: you are ${ROLES[now.role] ?? now.role} now.`;
    [handle, role] = [now.handle, now.role];
    if (words) queueMicrotask(() => toast({ words, level: "soon", lasts: 30_000 }));
  });
}

const ROLES = { admin: "an administrator", responder: "a responder, no administrator" };

export function watchStaleness() {
  effect(() => {
    document.body.toggleAttribute("data-stale", stale.value);
  });
}
