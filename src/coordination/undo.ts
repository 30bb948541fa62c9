import type { ChangeRecord } from "../domain/change-record.ts";
import type { Sha } from "../domain/ids.ts";
import { isTestIntent, mayBeTestIntent } from "./test-intent.ts";
import { comparedAt, type UndoFacts, undoFacts } from "./undo-facts.ts";
import type { LandedEntry, UndoIndex } from "./undo-index.ts";
import { coverage, type Measure, measure } from "./undo-measure.ts";
import { type UndoRule, undoRule } from "./undo-rules.ts";

/** A landed change that another one takes back, and how much of it. */
export interface Undo {
  sha: Sha;
  rule: UndoRule | "C8";
  /** Where: what returns, or loses its lines. */
  paths: string[];
  /** Only the tests are turned back of a change that changed code too. */
  isTestIntent: boolean;
  /** What the undone change had undone itself: when there is any, this is the second flip of the same thing. */
  undoes: Sha[];
  /** Of the landed change's lines, or of its paths when no lines were compared. */
  share: number;
  /** Sentences for people. */
  evidence: string[];
}

/**
 * The landed changes that `change` undoes (C6), of the newest `lookback` in the index: the fullest undo first, then the
 * nearest. It says what the lines say; whether it may is for the caller to judge.
 */
export function findUndos(
  change: { author: string; record: ChangeRecord },
  index: UndoIndex,
  { lookback }: { lookback: number },
): Undo[] {
  const own = { author: change.author, facts: undoFacts(change.record) };
  return undosBy(own, index, { lookback }).map(({ landed, ...undo }) => ({
    ...undo,
    undoes: undoneBy(landed, index, lookback),
  }));
}

type Found = Omit<Undo, "undoes"> & { landed: LandedEntry };
interface Range {
  lookback: number;
  before?: number;
}

function undosBy(own: { author: string; facts: UndoFacts }, index: UndoIndex, range: Range): Found[] {
  const nearest = index.candidates(own.facts, range.lookback, range.before);
  return nearest.flatMap((landed) => undoOf(own, landed)).sort(byShare);
}

const byShare = (a: Found, b: Found): number => b.share - a.share || b.landed.ordinal - a.landed.ordinal;

/** Kept with the landed change: it never changes after. */
function undoneBy(landed: LandedEntry, index: UndoIndex, lookback: number): Sha[] {
  landed.undoes ??= undosBy(landed, index, { lookback, before: landed.ordinal }).map(({ sha }) => sha);
  return landed.undoes;
}

function undoOf(own: { author: string; facts: UndoFacts }, landed: LandedEntry): Found[] {
  if (mayBeTestIntent(own.facts, landed.facts)) {
    const tests = measure(own.facts, landed.facts, "tests");
    if (isTestIntent(tests)) return [describe(landed, tests, "C8")];
  }
  const kind = comparedAt(landed.facts);
  // A lock file or change log that goes back on the way of other work is nobody's decision.
  if (kind === "all" && comparedAt(own.facts) !== "all") return [];
  const found = measure(own.facts, landed.facts, kind);
  const rule = undoRule(found, landed.author === own.author);
  return rule === null ? [] : [describe(landed, found, rule)];
}

function describe(landed: LandedEntry, found: Measure, rule: Undo["rule"]): Found {
  const { added, removed, returned, landedPaths } = found;
  const hasLines = added.landed + removed.landed > 0;
  return {
    ...{ sha: landed.sha, rule, landed, isTestIntent: rule === "C8" },
    paths: [...new Set([...returned, ...found.paths])],
    share: hasLines ? coverage(found) : returned.length / Math.max(1, landedPaths),
    evidence: evidence(landed, found, rule),
  };
}

const pathsSaidMax = 3;

function evidence(landed: LandedEntry, found: Measure, rule: Undo["rule"]): string[] {
  const short = landed.sha.slice(0, 8);
  const { added, removed, returned } = found;
  const sentences: string[] = [];
  if (returned.length > 0)
    sentences.push(
      `${list(returned)} would be exactly what ${returned.length === 1 ? "it was" : "they were"} before ${short}.`,
    );
  // Of a file that is as it was before, the lines need no words of their own.
  const isSaid = found.paths.every((path) => returned.includes(path));
  if (!isSaid && added.back > 0) sentences.push(`${taken(added)} that ${short} added would go.`);
  if (!isSaid && removed.back > 0) sentences.push(`${taken(removed)} that ${short} removed would come back.`);
  if (rule === "C8") sentences.push(`${short} changed code together with these tests; the code stays.`);
  return sentences;
}

function taken({ back, landed }: { back: number; landed: number }): string {
  if (landed === 1) return "The line";
  return back === landed ? `All ${landed} lines` : `${back} of the ${landed} lines`;
}

const list = (paths: string[]): string => {
  const more = paths.length - pathsSaidMax;
  return more > 0 ? `${paths.slice(0, pathsSaidMax).join(", ")} and ${more} more` : paths.join(", ");
};
