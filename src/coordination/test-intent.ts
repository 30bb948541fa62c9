import type { UndoFacts } from "./undo-facts.ts";
import { coverage, type Measure, purity } from "./undo-measure.ts";

/** Whether a change could turn back only the tests of another that changed tests together with the code they are about. */
export const mayBeTestIntent = (own: UndoFacts, landed: UndoFacts): boolean =>
  own.isTestsOnly && landed.tests.size > 0 && landed.touchesCode;

/**
 * Test intent (C8): a change to tests alone takes back what a landed change did to tests, while the code stays as that change
 * made it. `found` is measured at tests only. It has to be nearly all of both: going on with tests that somebody just wrote is
 * the most ordinary of changes, and takes back a part of them.
 */
export function isTestIntent(found: Measure): boolean {
  const { returned, landedPaths, ownPaths, added, removed } = found;
  const areAllBack = returned.length > 0 && returned.length === landedPaths && returned.length === ownPaths;
  // Contents can meet by another way: on a side branch that never had the landed change.
  if (areAllBack && (added.landed + removed.landed === 0 || coverage(found) >= 0.5)) return true;
  const lines = added.back + removed.back;
  return lines >= 3 && coverage(found) >= 0.9 && purity(found) >= 0.9;
}
