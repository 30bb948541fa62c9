import type { LoopName, PersonId, RunId, Sha } from "./ids.ts";

/**
 * - `claim`: both hold claims on a path, and one holds it alone
 * - `textual`: each merges into the target, but not the second after the first
 * - `structural`: the same, because they disagree that a file exists, or where
 * - `mechanical`: the same, in change logs, lock files and manifests only; resolved by rule
 * - `symbol`: both change the same function, class or test; git merges it
 * - `dependency`: one removes, renames or re-signs what the other newly uses
 * - `undo`: returns what a landed change did to its earlier state
 * - `ping-pong`: undoes an undo
 * - `test-intent`: turns back only the tests of a change that was deliberate
 * - `version`: a manifest's key goes back, or two ways at once
 * - `decision`: contradicts an active decision without citing it
 * - `too-large`: too much to compare
 */
export type ConflictKind =
  | "claim"
  | "textual"
  | "structural"
  | "mechanical"
  | "symbol"
  | "dependency"
  | "undo"
  | "ping-pong"
  | "test-intent"
  | "version"
  | "decision"
  | "too-large";

/** What a conflict does by itself, before policy: `inform` and `warn` are shown, `hold` asks people, `stop` also stops the loop there. */
export type Severity = "inform" | "warn" | "hold" | "stop";

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
  severity: Severity;
  left: ConflictSide;
  right: ConflictSide;
  paths: string[];
  /** Sentences a person understands in one look. */
  evidence: string[];
}

/**
 * How people settle a conflict, once. `order`: the one that landed or was first goes first, the other is made anew on top of it;
 * `both-fine`: they may both stand.
 */
export const conflictAnswers = ["keep-left", "keep-right", "order", "both-fine"] as const;
export type ConflictAnswer = (typeof conflictAnswers)[number];

/** What people do with a conflict that stays open: both loops wait, or somebody else is asked to settle it. */
export const conflictSteps = ["pause-both", "ask"] as const;
export type ConflictStep = (typeof conflictSteps)[number];

/**
 * Open until somebody answers; the answer is remembered as a decision, and the same pair never asks again. `over`: nobody answered
 * before one side was gone (landed by another way, dropped, expired); it opens again when the pair meets again.
 */
export interface ConflictState {
  conflict: Conflict;
  state: "open" | "decided" | "over";
  foundAt: Date;
  steps: { step: ConflictStep; by: PersonId; note: string; at: Date }[];
  answer?: Settlement;
}

/** `decision` is the entry of memory that keeps it. */
export interface Settlement {
  answer: ConflictAnswer;
  by: PersonId;
  note: string;
  at: Date;
  decision?: string;
}

/** Whom an answer prefers; null when both may stand in some way. */
export function keptSide(answer: ConflictAnswer): "left" | "right" | null {
  if (answer === "keep-left") return "left";
  return answer === "keep-right" ? "right" : null;
}

/** Which side a run is on; null when it is on neither. */
export function sideOf(conflict: Conflict, runId: RunId): "left" | "right" | null {
  if (conflict.left.runId === runId) return "left";
  return conflict.right.runId === runId ? "right" : null;
}

export const otherOf = (side: "left" | "right"): "left" | "right" => (side === "left" ? "right" : "left");
