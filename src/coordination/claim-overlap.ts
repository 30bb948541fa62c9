import { type Change, changedPaths } from "../domain/change.ts";
import { type Claim, type Holder, holderId, holderName, pathKey } from "../domain/claim.ts";
import type { Conflict } from "../domain/conflict.ts";
import { defaultSeverity } from "../domain/severity.ts";
import { conflictId } from "../trace/fingerprint.ts";

/**
 * C1, claim overlap: a change touches paths that somebody else holds unlapsed claims on, and holds them alone, or the change's own
 * claim is an exclusive one. `claims` are those on the change's paths, of everybody; one conflict a holder.
 */
export function claimOverlaps(change: Change, claims: Claim[], now: Date): Conflict[] {
  const self = holderId({ kind: "run", runId: change.runId, loop: change.loop });
  const live = claims.filter((claim) => claim.expiresAt > now);
  const alone = new Set(
    live.flatMap((claim) => (claim.mode === "exclusive" && holderId(claim.holder) === self ? claim.key : [])),
  );
  const paths = new Map(changedPaths(change.files).map((path) => [pathKey(change.repository, path), path]));
  const byHolder = new Map<string, { holder: Holder; met: { path: string; claim: Claim }[] }>();
  for (const claim of live) {
    const path = paths.get(claim.key);
    const id = holderId(claim.holder);
    if (path === undefined || id === self || (claim.mode !== "exclusive" && !alone.has(claim.key))) continue;
    const others = byHolder.get(id) ?? { holder: claim.holder, met: [] };
    others.met.push({ path, claim });
    byHolder.set(id, others);
  }
  return [...byHolder.entries()].map(([id, { holder, met }]) => ({
    id: conflictId("claim", change.runId, id),
    kind: "claim",
    severity: defaultSeverity.claim,
    left: { loop: change.loop, runId: change.runId, title: change.title, intent: change.intent.why },
    right: {
      ...(holder.kind === "run" ? { loop: holder.loop, runId: holder.runId } : {}),
      title: holderName(holder),
      intent: met[0]?.claim.reason ?? "",
    },
    paths: met.map(({ path }) => path),
    evidence: met
      .slice(0, pathsShown)
      .map(({ path, claim }) => `${path}: claimed by ${holderName(holder)}: ${claim.reason}`),
  }));
}

const pathsShown = 5;
