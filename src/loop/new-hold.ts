import type { Change } from "../domain/change.ts";
import { type Hold, needWords } from "../domain/hold.ts";
import type { ChangeDigest } from "../domain/ids.ts";
import type { Ruling } from "../domain/ruling.ts";
import type { OpenRun } from "./open-run.ts";

/** The question that a ruling puts to people now, about exactly this. What they can look at is the change, of a deployment too. */
export function newHold(
  run: OpenRun,
  {
    ruling,
    change,
    digest,
    environment,
  }: {
    ruling: Extract<Ruling, { kind: "hold" }>;
    change: Change;
    digest: ChangeDigest;
    environment: string | null;
  },
): Hold {
  const askedAt = run.ports.now();
  const { base, head, tree } = change;
  const { needs, reasons, policyDigest } = ruling;
  return {
    ...{ id: run.ports.newId("h"), runId: run.run.id, repository: run.repository.name },
    ...{ digest, base, head, tree, policyDigest, environment },
    ...{ group: needWords(needs), needs, reasons, approvals: [] },
    ...{ state: "waiting", askedAt, expiresAt: new Date(askedAt.getTime() + run.loop.limits.holdMs) },
  };
}
