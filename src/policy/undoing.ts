import type { ConflictFact } from "../domain/policy-facts.ts";

const undoing = ["undo", "ping-pong", "test-intent"];

/** A conflict that takes back what somebody did on purpose; its owner is asked. */
export const isUndoing = (conflict: ConflictFact): boolean =>
  undoing.includes(conflict.kind) && isHolding(conflict);

export const isHolding = (conflict: ConflictFact): boolean =>
  conflict.severity === "hold" || conflict.severity === "stop";

/** The shipped rule that holds a change for a conflict of this kind (policies/30-conflicts.cedar). */
export const conflictRule = (kind: string): string => (undoing.includes(kind) ? "conflict-undo" : "conflict");
