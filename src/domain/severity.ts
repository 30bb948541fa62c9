import type { Conflict, ConflictKind, Severity } from "./conflict.ts";

/** The default of each kind; policy may be stricter. */
export const defaultSeverity: { [kind in ConflictKind]: Severity } = {
  claim: "inform",
  textual: "hold",
  structural: "hold",
  mechanical: "inform",
  symbol: "warn",
  dependency: "hold",
  undo: "hold",
  "ping-pong": "stop",
  "test-intent": "hold",
  version: "hold",
  decision: "hold",
  "too-large": "hold",
};

/** Whether a conflict keeps a change from landing until somebody settles it. */
export const isHolding = ({ severity }: Pick<Conflict, "severity">): boolean =>
  severity === "hold" || severity === "stop";
