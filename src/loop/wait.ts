import { sayMoment } from "../domain/moment-words.ts";
import type { Outcome } from "../domain/ruling.ts";
import type { LineStep } from "../domain/run.ts";
import { type Parked, parked } from "./end.ts";
import type { OpenRun } from "./open-run.ts";

/**
 * Parks the run without a worker until the moment that policy names, when it decides again from fresh facts. The moment is in the
 * record; every worker's sweep looks for it, so that it comes at most one sweep late, and neither a dead worker nor a lost queue
 * loses it. Without a moment, whoever lifts what it waits for wakes it.
 */
export function waitUntil(run: OpenRun, step: LineStep, ruling: Extract<Outcome, { kind: "wait" }>): Parked {
  const { until } = ruling;
  const { timezone } = run.ports.definitions.organisation();
  const moment = until === null ? "until it is lifted" : `until ${sayMoment(until, timezone)}`;
  run.mark(step, "waiting", `${moment} (policy: ${rulesOf(ruling)})`);
  return until === null ? parked : { kind: "parked", until };
}

const rulesOf = ({ reasons }: Pick<Outcome, "reasons">): string =>
  [...new Set(reasons.map((reason) => reason.rule))].join(", ");
