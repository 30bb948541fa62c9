import { againstDecisions } from "../coordination/against-decision.ts";
import { changedPaths } from "../domain/change.ts";
import type { Found } from "./meet-conflicts.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";

const decisionsMax = 100;

/** Active decisions about the paths that the change touches, unless it cites them. */
export async function compareWithDecisions(run: OpenRun, { change }: Merged): Promise<Found> {
  const recalled = await run.ports.record.recall({
    repository: run.repository.name,
    paths: changedPaths(change.files),
    symbols: [],
    tests: [],
    words: "",
    entriesMax: decisionsMax,
  });
  const decisions = recalled.map((one) => one.entry);
  return { conflicts: againstDecisions(change, decisions), weaker: [] };
}
