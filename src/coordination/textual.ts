import type { Change } from "../domain/change.ts";
import type { Conflict, ConflictSide } from "../domain/conflict.ts";
import { defaultSeverity } from "../domain/severity.ts";
import type { MergePreview } from "../ports/code.ts";
import { conflictId } from "../trace/fingerprint.ts";
import { isMechanical, mechanicalFile } from "./mechanical.ts";
import { isStructural, structuralEvidence } from "./structural.ts";

export type MergeKind = "textual" | "structural" | "mechanical";

/** What git's refusal is about: whether a file exists or where (structural), only bookkeeping (mechanical), or lines (textual). */
export function kindOfMerge(preview: { paths: string[]; types: string[] }): MergeKind {
  if (isStructural(preview.types)) return "structural";
  return isMechanical(preview.paths) ? "mechanical" : "textual";
}

/**
 * C2, textual conflict of two changes in flight, and its narrower kinds: each merges cleanly into the target, but not the second
 * after the first. `preview` is git's own merge of `other` into the target with `change` in it. The pair has one id from both sides.
 */
export function textualConflict(change: Change, other: Change, preview: MergePreview): Conflict | null {
  if (preview.kind === "clean") return null;
  const kind = kindOfMerge(preview);
  const [first = "", second = ""] = [change.runId, other.runId].sort();
  return {
    id: conflictId(kind, first, second),
    kind,
    severity: defaultSeverity[kind],
    left: sideOf(change),
    right: sideOf(other),
    paths: preview.paths,
    evidence: [
      `Whichever lands second will not merge: ${shown(preview.paths, kind)}.`,
      ...(kind === "structural" ? structuralEvidence(change, other, preview.paths) : []),
    ],
  };
}

const sideOf = (change: Change): ConflictSide => ({
  loop: change.loop,
  runId: change.runId,
  title: change.title,
  intent: change.intent.why,
});

const pathsShown = 5;

function shown(paths: string[], kind: MergeKind): string {
  const names = paths
    .slice(0, pathsShown)
    .map((path) => (kind === "mechanical" ? `${path} (${mechanicalFile(path)})` : path));
  const more = paths.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
