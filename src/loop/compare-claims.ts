import { claimOverlaps } from "../coordination/claim-overlap.ts";
import { changedPaths } from "../domain/change.ts";
import { pathKey } from "../domain/claim.ts";
import type { Found } from "./meet-conflicts.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";

const claimsMax = 500;

/** Paths of the change that somebody else has claimed. */
export async function compareClaims(run: OpenRun, { change }: Merged): Promise<Found> {
  const keys = changedPaths(change.files).map((path) => pathKey(change.repository, path));
  if (keys.length === 0) return { conflicts: [], weaker: [] };
  const claims = await run.ports.record.claims({ keys, limit: claimsMax });
  return { conflicts: claimOverlaps(change, claims, run.ports.now()), weaker: [] };
}
