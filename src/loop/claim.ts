import { type End, parked, stopped } from "./end.ts";
import type { OpenRun } from "./open-run.ts";

/** Claims lapse with their worker's lease unless it goes on; a held run keeps its claims until it ends. */
const claimTtlMs = 60_000;

/**
 * Takes the finding, fenced and expiring, together with the run's share of the day's budget, and says so in the loop's channel:
 * one transaction. A paused loop parks instead; a stopped one gives the finding back.
 */
export async function claim(run: OpenRun): Promise<{ kind: "claimed" } | End> {
  const halt = await whyHalted(run);
  if (halt !== null) return halt;

  const key = `finding:${run.run.findingId}`;
  const { budgetUsdPerDay } = run.loop.stop;
  return run.write(async (tx): Promise<{ kind: "claimed" } | End> => {
    const claimed = await tx.claim({
      key,
      runId: run.run.id,
      loop: run.run.loop,
      reason: run.finding.finding.title,
      ttlMs: claimTtlMs,
    });
    if (claimed.kind === "taken") {
      const { loop, runId, until } = claimed.by;
      await tx.append(run.event("claim.refused", { key, by: runId }));
      return stopped(`${loop} (${runId}) works on it until ${until.toISOString()}`);
    }
    const usd = run.loop.limits.costUsdMax;
    const isCovered =
      budgetUsdPerDay === undefined ||
      (await tx.reserve({
        loop: run.run.loop,
        runId: run.run.id,
        usd,
        usdPerDay: budgetUsdPerDay,
        now: run.ports.now(),
      }));
    if (!isCovered) {
      return stopped(
        `today's budget of ${budgetUsdPerDay} USD does not hold another ${usd} USD; raise it in loop.yml or wait for tomorrow`,
      );
    }
    if (run.finding.fate !== "claimed" && run.finding.fate !== "held") {
      await tx.setFate(run.run.findingId, "claimed", { runId: run.run.id });
      await tx.append(run.event("claim.acquired", { key, epoch: claimed.epoch }));
    }
    run.mark("claim", "done", "");
    return { kind: "claimed" };
  });
}

/** A person's word to pause or stop, as it stands now. */
export async function whyHalted(run: OpenRun): Promise<End | null> {
  const paused = await run.ports.record.isPaused();
  const state = (await run.ports.record.loopStates()).find((one) => one.loop === run.run.loop);
  if (paused !== null || state?.switch === "paused") {
    run.mark("claim", "waiting", `paused by ${paused?.by ?? state?.by ?? "LoomStack"}`);
    return parked;
  }
  const isHeldForPeople = run.finding.fate === "held";
  if (state?.switch === "stopped" && !isHeldForPeople)
    return stopped(`${state.by ?? "LoomStack"} stopped the loop`);
  return null;
}
