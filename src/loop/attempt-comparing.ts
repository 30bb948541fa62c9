import type { Found } from "./meet-conflicts.ts";
import type { OpenRun } from "./open-run.ts";

/** One kind that fails never hides the others: the answer is weaker by it, and says so. */
export async function attemptComparing(
  run: OpenRun,
  what: string,
  compareThem: () => Promise<Found>,
): Promise<Found> {
  try {
    return await compareThem();
  } catch (error) {
    if (run.signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    run.ports.log("warn", `comparing ${run.run.id} with ${what}: ${reason}`, { runId: run.run.id });
    return { conflicts: [], weaker: [`It could not be compared with ${what}: ${reason}`] };
  }
}

export const together = (...found: Found[]): Found => ({
  conflicts: found.flatMap((one) => one.conflicts),
  weaker: [...new Set(found.flatMap((one) => one.weaker))],
});
