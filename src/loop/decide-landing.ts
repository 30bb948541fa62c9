import type { Conflict } from "../domain/conflict.ts";
import type { Ruling } from "../domain/ruling.ts";
import { decide } from "../policy/decide.ts";
import { type End, gaveUp } from "./end.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";

/** One ruling from policy on the facts as they are now; the trace keeps it with its reasons. A denial ends the run. */
export async function decideLanding(
  run: OpenRun,
  merged: Merged,
  conflicts: Conflict[],
): Promise<Exclude<Ruling, { kind: "deny" }> | End> {
  const ruling = decide({
    loop: run.run.loop,
    isTrusted: run.ports.definitions.organisation().trustedLoops.includes(run.run.loop),
    approvers: run.repository.approvers,
    files: merged.change.files,
    conflicts,
    limits: run.loop.limits,
  });
  run.mark("decide", "done", ruling.kind);
  const reasons = ruling.reasons.map((reason) => `${reason.rule}: ${reason.text}`);
  await run.write((tx) =>
    tx.append(run.event("ruling.made", { ruling: ruling.kind, reasons, digest: merged.change.digest })),
  );
  if (ruling.kind !== "deny") return ruling;
  run.mark("decide", "stopped", "denied");
  return gaveUp(`Policy denies it: ${ruling.reasons.map((reason) => reason.text).join(" ")}`, []);
}
