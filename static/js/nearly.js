// Whether one word is another with a slip of the finger in it.

const FEW = 3; // letters: of fewer, every word is near another
const LONG = 5; // letters: from here on there may be two slips

/** How many letters to add, drop, change, or swap with the next one. */
export function distance(one, other) {
  const [from, to] = [[...one], [...other]];
  const rows = [Array.from({ length: to.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = (rows[i] = [i]);
    for (let j = 1; j <= to.length; j += 1) {
      const isSwapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const kept = rows[i - 1][j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      row[j] = Math.min(rows[i - 1][j] + 1, row[j - 1] + 1, kept, isSwapped && i > 1 && j > 1 ? rows[i - 2][j - 2] + 1 : Infinity);
    }
  }
  return rows[from.length][to.length];
}

/** How far `word` is from `meant`, or undefined where it is another word: one slip, in long words two. */
export function slips(word, meant) {
  if (word === meant) return 0;
  const [short, long] = [word.length, meant.length].sort((a, b) => a - b);
  const most = short >= LONG ? 2 : 1;
  if (short < FEW || long - short > most) return undefined;
  const far = distance(word, meant);
  return far <= most ? far : undefined;
}
