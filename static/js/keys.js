// Single keys as shortcuts, only while no field has the focus.
// They can be switched off (WCAG 2.1.4); what a key does is said by whoever binds it.

import { keep, kept } from "./keep.js";

const bound = new Map(); // "n" or "f p" -> {does, words}
let first = null; // the first key of a pair, for a second and a half
let forget = null;

/** `keys` is one key or two in a row: "n", "f p". */
export function bind(keys, words, does) {
  bound.set(keys, { does, words });
}

/** [["n", "Write a note"], ...] in the order they were bound. */
export const shortcuts = () => [...bound].map(([keys, { words }]) => [keys, words]);

export const keysAreOn = () => kept("keys") !== "off";
export const switchKeys = (on) => keep("keys", on ? null : "off");

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!keysAreOn() || writing(event.target) || document.querySelector("dialog[open]")) return;
    const keys = first === null ? event.key : `${first} ${event.key}`;
    remember(null);
    if (bound.has(keys)) {
      event.preventDefault();
      bound.get(keys).does();
    } else if (startsPair(event.key)) remember(event.key);
  });
}

function writing(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function startsPair(key) {
  return [...bound.keys()].some((keys) => keys.startsWith(`${key} `));
}

function remember(key) {
  clearTimeout(forget);
  first = key;
  forget = setTimeout(() => (first = null), 1_500);
}
