// What the readers of composer lines share: how a meaning or a fault is told, and a few words.

import { AUDIENCES } from "./words.js";

export const told = (command, words) => ({ command, words, sort: "change" });
/** What is wrong with a line, in a sentence about what was written, and a line that would be right. */
export const wrong = (understood, right) => ({ problem: `${understood} Write ${right}` });
export const missing = (verb, what, right) => wrong(`${verb} needs ${what}.`, `${verb} ${right}`);

const SHOWN = 40;
/** What somebody wrote, as one short line. */
export const quoted = (text) => {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return `“${letters.slice(0, SHOWN).join("")}${letters.length > SHOWN ? "…" : ""}”`;
};

/** What is wrong with a verb that something follows which it would lose. */
export const alone = (verb, rest) => (rest ? wrong(`${verb} stands alone: ${quoted(rest)} would be lost.`, `${verb}, and the rest as a note`) : undefined);

const or = new Intl.ListFormat("en", { type: "disjunction" });
export const anyOf = (words) => or.format(words);

const AUDIENCE_WORDS = { ...Object.fromEntries(Object.keys(AUDIENCES).map((name) => [name, name])), customer: "customers" };

/** The audience that a word names; undefined for any other word, which is never guessed. */
export const audienceOf = (word) => AUDIENCE_WORDS[word.toLowerCase()];

/** What is wrong where a `what` was to be said: `word` is none, or nothing was said; `which` are those there are. */
export const notOne = (what, word, which) =>
  word ? `${quoted(word)} is no ${what}: say ${which}.` : `Say which ${what} first: ${which}.`;

export const noAudience = (word, right) =>
  wrong(notOne("audience", durationOf(word) ? "" : word, anyOf(Object.keys(AUDIENCES))), right);

/** What is wrong with a word that is no length of time; `before` is the line up to it. */
export function noLength(word, before) {
  if (!word) return wrong("Say for how long.", `${before} 15m`);
  if (/^[1-9]\d{0,2}$/.test(word)) return wrong(`${quoted(word)} has no unit.`, `${before} ${word}m or ${before} ${word}h`);
  return wrong(`${quoted(word)} is no length of time.`, `${before} 15m`);
}

/** PT15M for 15m, PT1H30M for 1h30m; undefined for what is no length of time. */
export function durationOf(word) {
  const [, days, hours, minutes] = /^(?:(\d{1,2})d)?(?:(\d{1,3})h)?(?:(\d{1,4})m(?:in)?)?$/i.exec(word) ?? [];
  const clock = [hours && `${Number(hours)}H`, minutes && `${Number(minutes)}M`].filter(Boolean).join("");
  const iso = [days && `${Number(days)}D`, clock && `T${clock}`].filter(Boolean).join("");
  return /[1-9]/.test(iso) ? `P${iso}` : undefined;
}
