/** Lines of the base, [from, to), that a side replaced by `lines`. With nothing replaced, an insertion in front of line `from`. */
export interface Edit {
  from: number;
  to: number;
  lines: string[];
}

/** A place that both sides changed, differently; `at` is its first line in the base, from 0. */
export interface Clash {
  at: number;
  base: string[];
  ours: string[];
  theirs: string[];
}

/** So many differing lines are compared, at most: more is another file. */
const differencesMax = 1_500;

/**
 * Both sides' changes of a text, line by line, where they do not touch each other, as git does it; `settle` says what becomes of a
 * place that both changed differently. Null when it cannot say, or when a side differs too much to compare.
 */
export function mergeLines(
  texts: { base: string[]; ours: string[]; theirs: string[] },
  settle: (clash: Clash) => string[] | null,
): string[] | null {
  const { base } = texts;
  const ours = editsOf(base, texts.ours);
  const theirs = editsOf(base, texts.theirs);
  if (ours === null || theirs === null) return null;
  const merged: string[] = [];
  let at = 0;
  for (const place of placesOf(ours, theirs)) {
    merged.push(...base.slice(at, place.from));
    const mine = applied(base, place, place.ours);
    const others = applied(base, place, place.theirs);
    const one = place.theirs.length === 0 || isSame(mine, others) ? mine : null;
    const lines =
      one ??
      (place.ours.length === 0
        ? others
        : settle({ at: place.from, base: base.slice(place.from, place.to), ours: mine, theirs: others }));
    if (lines === null) return null;
    merged.push(...lines);
    at = place.to;
  }
  return [...merged, ...base.slice(at)];
}

export const isSame = (left: string[], right: string[]): boolean =>
  left.length === right.length && left.every((line, at) => line === right[at]);

interface Place {
  from: number;
  to: number;
  ours: Edit[];
  theirs: Edit[];
}

/** Edits that touch, of either side, are one place. */
function placesOf(ours: Edit[], theirs: Edit[]): Place[] {
  const all = [
    ...ours.map((edit) => ({ edit, side: "ours" as const })),
    ...theirs.map((edit) => ({ edit, side: "theirs" as const })),
  ].sort((a, b) => a.edit.from - b.edit.from || a.edit.to - b.edit.to);
  const places: Place[] = [];
  for (const { edit, side } of all) {
    let place = places.at(-1);
    if (place === undefined || edit.from > place.to) {
      place = { from: edit.from, to: edit.to, ours: [], theirs: [] };
      places.push(place);
    }
    place.to = Math.max(place.to, edit.to);
    place[side].push(edit);
  }
  return places;
}

function applied(base: string[], place: Place, edits: Edit[]): string[] {
  const lines: string[] = [];
  let at = place.from;
  for (const edit of edits) {
    lines.push(...base.slice(at, edit.from), ...edit.lines);
    at = edit.to;
  }
  return [...lines, ...base.slice(at, place.to)];
}

/** What makes `base` into `other`, in order; null when they differ too much to say. */
export function editsOf(base: string[], other: string[]): Edit[] | null {
  const shortest = Math.min(base.length, other.length);
  let start = 0;
  while (start < shortest && base[start] === other[start]) start += 1;
  let same = 0;
  while (same < shortest - start && base.at(-1 - same) === other.at(-1 - same)) same += 1;
  const [end, otherEnd] = [base.length - same, other.length - same];
  const kept = keptLines(base.slice(start, end), other.slice(start, otherEnd));
  if (kept === null) return null;
  const edits: Edit[] = [];
  let [at, otherAt] = [start, start];
  for (const [line, otherLine] of [...kept, [end - start, otherEnd - start] as const]) {
    const [to, otherTo] = [start + line, start + otherLine];
    if (to > at || otherTo > otherAt)
      edits.push(slidUp(base, { from: at, to, lines: other.slice(otherAt, otherTo) }, edits.at(-1)?.to ?? 0));
    [at, otherAt] = [to + 1, otherTo + 1];
  }
  return edits;
}

/** The same lines can often be inserted at several places: both sides' go to the first, so that they meet. */
function slidUp(base: string[], edit: Edit, after: number): Edit {
  if (edit.from !== edit.to) return edit;
  let { from, lines } = edit;
  while (from > after && lines.length > 0 && base[from - 1] === lines.at(-1)) {
    lines = [...lines.slice(-1), ...lines.slice(0, -1)];
    from -= 1;
  }
  return { from, to: from, lines };
}

/** How far each diagonal from -d to d has come, in `base`; diagonal k is where `other` is k lines behind. */
type Reached = (k: number) => number;

/** Pairs of lines that stay, by the shortest way from one text to the other (Myers, 1986). */
function keptLines(base: string[], other: string[]): [number, number][] | null {
  const furthest = Math.min(base.length + other.length, differencesMax);
  const reached = new Int32Array(2 * furthest + 3);
  const steps: Int32Array[] = [];
  for (let d = 0; d <= furthest; d += 1) {
    steps.push(reached.slice(furthest - d, furthest + d + 3));
    for (let k = -d; k <= d; k += 2) {
      const x = slide(
        base,
        other,
        k,
        firstOf((one) => reached[furthest + 1 + one] ?? 0, d, k),
      );
      reached[furthest + 1 + k] = x;
      if (x >= base.length && x - k >= other.length) return walkBack(steps, base.length, other.length);
    }
  }
  return null;
}

/** Whether step d comes to diagonal k from the one above, by a line of `other`, and not from below, by a line of `base`. */
const isInserted = (reached: Reached, d: number, k: number): boolean =>
  k === -d || (k !== d && reached(k - 1) < reached(k + 1));

const firstOf = (reached: Reached, d: number, k: number): number => {
  if (d === 0) return 0;
  return isInserted(reached, d, k) ? reached(k + 1) : reached(k - 1) + 1;
};

function slide(base: string[], other: string[], k: number, from: number): number {
  let x = from;
  while (x < base.length && x - k < other.length && base[x] === other[x - k]) x += 1;
  return x;
}

/** `steps[d]` is what was reached before step d. */
function walkBack(steps: Int32Array[], n: number, m: number): [number, number][] {
  const kept: [number, number][] = [];
  let [x, y] = [n, m];
  for (let d = steps.length - 1; d >= 0; d -= 1) {
    const reached: Reached = (k) => steps[d]?.[d + 1 + k] ?? 0;
    const k = x - y;
    const before = isInserted(reached, d, k) ? k + 1 : k - 1;
    const [fromX, fromY] = d === 0 ? [0, 0] : [reached(before), reached(before) - before];
    for (; x > fromX && y > fromY; x -= 1, y -= 1) kept.push([x - 1, y - 1]);
    [x, y] = [fromX, fromY];
  }
  return kept.reverse();
}
