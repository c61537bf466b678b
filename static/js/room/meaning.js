// What the readers of composer lines share: how a meaning or a fault is told, and a few words.

import { AUDIENCES } from "./words.js";

export const told = (command, words) => ({ command, words, sort: "change" });
export const missing = (verb, what) => ({ problem: `${verb} needs ${what}.` });

const AUDIENCE_WORDS = { ...Object.fromEntries(Object.keys(AUDIENCES).map((name) => [name, name])), customer: "customers" };

/** The audience that a word names; undefined for any other word, which is never guessed. */
export const audienceOf = (word) => AUDIENCE_WORDS[word.toLowerCase()];

/** PT15M for 15m, PT1H30M for 1h30m; undefined for what is no length of time. */
export function durationOf(word) {
  const [, days, hours, minutes] = /^(?:(\d{1,2})d)?(?:(\d{1,3})h)?(?:(\d{1,4})m(?:in)?)?$/i.exec(word) ?? [];
  const clock = [hours && `${Number(hours)}H`, minutes && `${Number(minutes)}M`].filter(Boolean).join("");
  const iso = [days && `${Number(days)}D`, clock && `T${clock}`].filter(Boolean).join("");
  return /[1-9]/.test(iso) ? `P${iso}` : undefined;
}
