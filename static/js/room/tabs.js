// The tabs at the foot of a phone: one panel at a time.

import { html, nothing } from "../../vendor/lit/lit-html.js";
import { waiting } from "./fixes.js";
import { icon } from "./icon.js";
import { tab } from "./place.js";
import { end } from "./timeline.js";
import { unread } from "./unread.js";
import { lateUpdates } from "./updates.js";
import { isPaged } from "./yours.js";

const TABS = {
  timeline: ["Timeline", "list", () => dot(unread.value, "new")],
  fixes: ["Fixes", "wrench", () => dot(waiting.value, "waiting")],
  paging: ["Paging", "phone-call", () => dot(isPaged.value ? 1 : 0, "waits for you", "late")],
  comms: ["Comms", "megaphone", () => dot(lateUpdates.value, "late", "late")],
  people: ["People", "users", () => nothing],
};

export const tabBar = () => Object.entries(TABS).map(([key, [word, sign, news]]) =>
  html`<button type="button" aria-current=${tab.value === key ? "true" : nothing} @click=${() => choose(key)}>
    ${icon(sign)}${word}${news()}</button>`);

function choose(key) {
  if (key === "timeline" && tab.value === key) end.toEnd();
  tab.value = key;
}

const dot = (count, what, sort = "") => (count
  ? html`<b class="dot ${sort}">${count > 99 ? "99" : count}<span class="vh"> ${what}</span></b>`
  : nothing);
