import type { Fate } from "../domain/finding.ts";
import type { Outcome } from "../domain/run.ts";

/**
 * Where one pass through the line came to. A parked run waits for people, for another's claim or, with `until`, for a time of day;
 * it holds no worker, lock or job.
 */
export type End = Parked | Ended;
export type Parked = { kind: "parked"; until?: Date };
export type Ended = {
  kind: "ended";
  outcome: Outcome;
  /** What becomes of the finding. */
  fate: Fate;
  /** The loop's own failure, which counts towards its failures in a row. */
  isFailure: boolean;
  /** Try the finding again at once, on the target as it is now. */
  again: boolean;
};

/** The loop could not do it; a person must look. */
export const gaveUp = (reason: string, tried: string[], isFailure = false): End => ({
  kind: "ended",
  outcome: { kind: "gave-up", reason, tried },
  fate: "gave-up",
  isFailure,
  again: false,
});

/** Nobody's fault: the finding stays open for a later run, unless `fate` says otherwise. */
export const stopped = (reason: string, how: { again?: boolean; fate?: Fate } = {}): End => ({
  kind: "ended",
  outcome: { kind: "stopped", reason },
  fate: how.fate ?? "open",
  isFailure: false,
  again: how.again ?? false,
});

export const parked: Parked = { kind: "parked" };
