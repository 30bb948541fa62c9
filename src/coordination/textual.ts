import type { Change } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { MergePreview } from "../ports.ts";
import { conflictId } from "../trace/fingerprint.ts";

/**
 * Textual conflict of two changes in flight: each merges cleanly into the target, but not the second after the first.
 * `preview` is git's own merge of `other` into the target with `change` in it.
 */
export function textualConflict(change: Change, other: Change, preview: MergePreview): Conflict | null {
  if (preview.kind === "clean") return null;
  return {
    id: conflictId("textual", change.runId, other.runId),
    kind: "textual",
    left: { loop: change.loop, runId: change.runId, title: change.title, intent: change.intent.why },
    right: { loop: other.loop, runId: other.runId, title: other.title, intent: other.intent.why },
    paths: preview.paths,
    evidence: [`Whichever lands second will not merge: ${preview.paths.slice(0, 5).join(", ")}.`],
  };
}
