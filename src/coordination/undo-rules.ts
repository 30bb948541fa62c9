import { coverage, inverse, type Measure, purity } from "./undo-measure.ts";

/**
 * By which rule a change undoes a landed one. T4 to T6 find what T1 to T3 miss. The thresholds were chosen on the declared reverts
 * and the unexplained likenesses in the histories of five projects; `bench/undo.bench.mjs` measures them on any.
 *
 * - `T1`, blob return: at least half of the paths of both changes are again what they were before
 * - `T2`, two-sided inverse: at least half of what was added is removed, and of what was removed is back
 * - `T3`, one-sided inverse: four fifths of a change that mostly adds or mostly removes, as a third of one side of the other
 * - `T4`, exact inverse: all of the one, and nothing else in the other, however small
 * - `T5`, nothing else: the other change takes back lines of the landed one and does nothing besides
 * - `T6`, most of both: three quarters of each, when a line or two of the smaller side differ
 */
export type UndoRule = "T1" | "T2" | "T3" | "T4" | "T5" | "T6";

/**
 * The first rule that holds. A change of somebody else has to be met more fully, so that people are not asked for nothing: in
 * human history, replacing what somebody just wrote by something new is ordinary work, and so are passing likenesses in a
 * change of the whole tree.
 */
export function undoRule(found: Measure, isSameAuthor: boolean): UndoRule | null {
  if (isBlobReturn(found, isSameAuthor)) return "T1";
  if (isExact(found)) return "T4";
  if (isTwoSided(found, isSameAuthor)) return "T2";
  if (isOneSided(found, isSameAuthor)) return "T3";
  if (isNothingElse(found)) return "T5";
  return isMostOfBoth(found) ? "T6" : null;
}

const linesBack = ({ added, removed }: Measure): number => added.back + removed.back;

/** A returned path that held little of the landed change (a fixture, one of two files) is no undo of it. */
const isBlobReturn = (found: Measure, isSameAuthor: boolean): boolean => {
  const { returned, landedPaths, ownPaths, added, removed } = found;
  const isHalf = returned.length * 2 >= landedPaths && returned.length * 2 >= ownPaths;
  const hasLines = added.landed + removed.landed > 0;
  return returned.length > 0 && isHalf && (isSameAuthor || !hasLines || coverage(found) >= 0.5);
};

const isExact = (found: Measure): boolean => coverage(found) === 1 && purity(found) === 1;

const isTwoSided = (found: Measure, isSameAuthor: boolean): boolean => {
  if (found.added.back === 0 || found.removed.back === 0) return false;
  if (isSameAuthor) return inverse(found) >= 0.5;
  return inverse(found) >= 0.75 && purity(found) >= 0.1;
};

/** Where new lines take the place of those that go, somebody has gone on working there. */
const isOneSided = (found: Measure, isSameAuthor: boolean): boolean => {
  const { added, removed, fresh } = found;
  const isThird = isPart(added.back, added.own, 0.3) || isPart(removed.back, removed.own, 0.3);
  if (linesBack(found) < 3 || !isThird || inverse(found) < 0.8) return false;
  if (removed.landed === 0 && fresh > added.back / 4) return false;
  return isSameAuthor || (inverse(found) >= 0.85 && purity(found) >= 0.6);
};

const isPart = (part: number, whole: number, least: number): boolean => whole > 0 && part / whole >= least;

const isNothingElse = (found: Measure): boolean =>
  linesBack(found) >= 20 && purity(found) >= 0.95 && coverage(found) >= 0.3;

const isMostOfBoth = (found: Measure): boolean =>
  linesBack(found) >= 5 && coverage(found) >= 0.75 && purity(found) >= 0.75;
