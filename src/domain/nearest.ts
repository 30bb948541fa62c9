const lengthMax = 64;

/**
 * The candidate that was probably meant: the fewest slips of the finger away (a wrong, missing, extra or swapped letter),
 * and at most a third of the word. Undefined when nothing is that near. Case does not count.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  if (wanted === "" || wanted.length > lengthMax) return undefined;
  let best: { candidate: string; slips: number } | undefined;
  for (const candidate of candidates) {
    if (candidate.length > lengthMax) continue;
    const slips = slipsBetween(wanted, candidate.toLowerCase());
    const slipsMax = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    if (slips <= slipsMax && (best === undefined || slips < best.slips)) best = { candidate, slips };
  }
  // One letter is within one slip of every other letter: then nothing was "meant".
  return best !== undefined && best.slips < wanted.length ? best.candidate : undefined;
}

/** Optimal string alignment distance. */
function slipsBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

const at = (row: number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
