// What changed from one text to the next, word by word. Pure; longest common subsequence.

const MOST = 1_000_000; // pairs of words to compare; texts that differ in more are told apart as a whole

/** [{kind: "same" | "ins" | "del", text}], the old words before those that take their place. */
export function difference(before, after) {
  const [old, own] = [wordsOf(before), wordsOf(after)];
  const from = commonStart(old, own);
  const end = commonStart(old.slice(from).reverse(), own.slice(from).reverse());
  const [left, right] = [old.slice(from, old.length - end), own.slice(from, own.length - end)];
  const middle = left.length * right.length > MOST ? [...told("del", left), ...told("ins", right)] : compared(left, right);
  return joined([...told("same", own.slice(0, from)), ...middle, ...told("same", own.slice(own.length - end))]);
}

/** Words, each with the space after it. */
const wordsOf = (text) => text.match(/\S+\s*|^\s+/g) ?? [];
const same = (one, other) => one.trimEnd() === other.trimEnd();
const told = (kind, words) => words.map((text) => ({ kind, text }));

function commonStart(one, other) {
  const differs = one.findIndex((word, place) => place >= other.length || !same(word, other[place]));
  return differs < 0 ? Math.min(one.length, other.length) : differs;
}

function compared(old, own) {
  const lengths = lengthsOf(old, own);
  const parts = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < own.length) {
    if (i < old.length && j < own.length && same(old[i], own[j])) parts.push({ kind: "same", text: own[(i++, j++)] });
    else if (j >= own.length || (i < old.length && lengths[i + 1][j] >= lengths[i][j + 1])) parts.push({ kind: "del", text: old[i++] });
    else parts.push({ kind: "ins", text: own[j++] });
  }
  return parts;
}

/** lengths[i][j]: how many words old from i and own from j have in common, in order. */
function lengthsOf(old, own) {
  const lengths = Array.from({ length: old.length + 1 }, () => new Uint16Array(own.length + 1));
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = own.length - 1; j >= 0; j--)
      lengths[i][j] = same(old[i], own[j]) ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
  return lengths;
}

const joined = (parts) => parts.reduce((all, { kind, text }) => {
  if (all.at(-1)?.kind === kind) all.at(-1).text += text;
  else all.push({ kind, text });
  return all;
}, []);
