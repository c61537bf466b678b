// Notifications of this browser: asked for by a press, never on load; one for each thing that
// happened, however many tabs are open. What is worth one is for others to say.

import { signal } from "../vendor/signals/signals-core.js";
import { keep, kept } from "./keep.js";

const KEPT_AFTER = 2_000; // ms after which every tab sees what one of them keeps

const supported = () => "Notification" in window && window.isSecureContext;

/** "granted", "denied", "default", or "none" where this browser has no notifications. */
export const permission = signal(supported() ? Notification.permission : "none");

/** Only as the answer to a press: browsers ignore anything else, and rightly so. */
export async function askPermission() {
  if (supported()) permission.value = await Notification.requestPermission();
}

/**
 * `tag` names what happened: it is told once, by whichever tab is first. `times` tells repetitions
 * under one tag apart (a page that goes out again); without it, any that was told is enough.
 */
export function raise({ tag, times = null, ...words }) {
  permission.value = supported() ? Notification.permission : "none";
  if (permission.value !== "granted") return;
  // What one tab keeps reaches the others a moment later: until then the lock tells them.
  navigator.locks.request(`told:${tag}`, { ifAvailable: true }, async (lock) => {
    const before = kept(`told:${tag}`);
    if (!lock || (before !== null && (times === null || before === times))) return;
    keep(`told:${tag}`, times ?? "once");
    show({ tag, ...words });
    await new Promise((done) => setTimeout(done, KEPT_AFTER));
  });
}

function show({ title, body, tag, path }) {
  const shown = new Notification(title, { body, tag, renotify: true });
  shown.onclick = () => {
    window.focus();
    if (path !== location.pathname) location.assign(path);
    shown.close();
  };
}
