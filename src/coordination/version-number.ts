/** A version as it is written: what stands before its numbers (`^`, `==`, `v`, a quotation mark), the numbers, and what follows them. */
interface Written {
  before: string;
  numbers: number[];
  after: string;
}

/** One version, with an operator at most; null for ranges, pre-releases, branches and everything else. */
function written(text: string): Written | null {
  const match = /^(["']?\s*(?:[\^~=<>!]{1,2}=?>?|~>)?\s*v?)(\d+(?:\.\d+){0,3})(["']?)$/.exec(text.trim());
  if (match === null) return null;
  const [, before = "", numbers = "", after = ""] = match;
  if (/[<!]/.test(before)) return null;
  return { before, numbers: numbers.split(".").map(Number), after };
}

/** Above 0 when `left` is the higher version; null when the two are not written alike, so that they cannot be compared. */
export function compareVersions(left: string, right: string): number | null {
  const [a, b] = [written(left), written(right)];
  if (a === null || b === null || a.before !== b.before || a.after !== b.after) return null;
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at += 1) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * What one key becomes when two sides set it: what either left as it was gives way, and of two versions that both raise it, the
 * higher. `undefined` stands for a key that is not there; null when it cannot be told.
 */
export function settledValue(
  base: string | undefined,
  ours: string | undefined,
  theirs: string | undefined,
): { value: string | undefined } | null {
  if (ours === theirs || theirs === base) return { value: ours };
  if (ours === base) return { value: theirs };
  if (base === undefined || ours === undefined || theirs === undefined) return null;
  const [mine, others] = [compareVersions(ours, base), compareVersions(theirs, base)];
  const between = compareVersions(ours, theirs);
  if (mine === null || others === null || between === null || mine <= 0 || others <= 0 || between === 0)
    return null;
  return { value: between > 0 ? ours : theirs };
}
