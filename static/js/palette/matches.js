// Which of many words somebody means by a few letters: every word they type begins one of the words.

const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => bare(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** The ones whose `textOf(one)` matches `typed`, those that begin with it first; all for nothing typed. */
export function matches(many, typed, textOf) {
  const wanted = wordsOf(typed);
  const found = many.filter((one) => {
    const words = wordsOf(textOf(one));
    return wanted.every((want) => words.some((word) => word.startsWith(want)));
  });
  const late = (one) => (bare(textOf(one)).startsWith(bare(typed.trim())) ? 0 : 1);
  return found.sort((a, b) => late(a) - late(b));
}
