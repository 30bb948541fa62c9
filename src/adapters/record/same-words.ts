/** Two statements say the same when so much of their words is the same. */
const sameWords = 0.85;
/** One of these more or less turns a sentence round, as another number does. */
const decisive = new Set(
  "no not never none nor neither without only except unless always don doesn isn cannot can must may".split(
    " ",
  ),
);

/** Whether one statement is a near-duplicate of the other: no number or negation apart, and nearly all of the words in common. */
export function saysTheSame(left: string, right: string): boolean {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  const apart = [...[...a].filter((word) => !b.has(word)), ...[...b].filter((word) => !a.has(word))];
  if (apart.some((word) => decisive.has(word) || /\p{N}/u.test(word))) return false;
  const all = new Set([...a, ...b]).size;
  return all - apart.length >= sameWords * all;
}

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? []);
