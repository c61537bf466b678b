// Single keys as shortcuts, only while no field has the focus.
// They can be switched off (WCAG 2.1.4); which there are is said by whoever offers an action.

import { keep, kept } from "./keep.js";
import { open } from "./offers.js";

let first = null; // the first key of a pair, for a second and a half
let forget = null;

export const keysAreOn = () => kept("keys") !== "off";
export const switchKeys = (on) => keep("keys", on ? null : "off");

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!keysAreOn() || writing(event.target) || document.querySelector("dialog[open]")) return;
    const keys = first === null ? event.key : `${first} ${event.key}`;
    remember(null);
    const action = open().find((one) => one.keys === keys);
    if (action) {
      event.preventDefault();
      action.does();
    } else if (startsPair(event.key)) remember(event.key);
  });
}

function writing(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function startsPair(key) {
  return open().some(({ keys }) => keys?.startsWith(`${key} `));
}

function remember(key) {
  clearTimeout(forget);
  first = key;
  forget = setTimeout(() => (first = null), 1_500);
}
