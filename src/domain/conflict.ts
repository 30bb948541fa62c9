import type { LoopName, RunId, Sha } from "./ids.ts";

/** `textual`: cannot be merged after the other; `undo`: returns what a landed loop change did to its earlier state;
 * `decision`: contradicts an active decision without citing it. */
export type ConflictKind = "textual" | "undo" | "decision";

/** The other side of a conflict: a change in flight, or a landed one (then `sha` names it), or the target itself. */
export interface ConflictSide {
  loop?: LoopName;
  runId?: RunId;
  sha?: Sha;
  /** The decision that is contradicted. */
  decision?: string;
  title: string;
  intent: string;
}

/** Two changes that cannot both stand, with its evidence. `id` is the same whenever the same pair meets again. */
export interface Conflict {
  id: string;
  kind: ConflictKind;
  left: ConflictSide;
  right: ConflictSide;
  paths: string[];
  /** Sentences a person understands in one look. */
  evidence: string[];
}
