// Which of many words somebody means by a few letters: every word they type begins one of the words,
// or nearly does.

import { distance } from "../nearly.js";

const LONG = 4; // letters of a word in which one may be wrong
const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => bare(text).match(/[\p{L}\p{N}]+/gu) ?? [];
const begins = (word, want) => word.startsWith(want);
const nearlyBegins = (word, want) => begins(word, want) ||
  (want.length >= LONG && [-1, 0, 1].some((by) => distance(want, word.slice(0, want.length + by)) <= 1));

const found = (many, typed, textOf, isMeant) => many.filter((one) => {
  const words = wordsOf(textOf(one));
  return wordsOf(typed).every((want) => words.some((word) => isMeant(word, want)));
});

/** The ones whose `textOf(one)` matches `typed`, those that begin with it first; all for nothing typed. */
export function matches(many, typed, textOf) {
  const late = (one) => (bare(textOf(one)).startsWith(bare(typed.trim())) ? 0 : 1);
  return found(many, typed, textOf, begins).sort((a, b) => late(a) - late(b));
}

/** Those that match but for one letter of a word: swapped, missing, wrong or too many. */
export function almost(many, typed, textOf) {
  const exact = new Set(found(many, typed, textOf, begins));
  return found(many, typed, textOf, nearlyBegins).filter((one) => !exact.has(one));
}
