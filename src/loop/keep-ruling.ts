import type { TraceEvent } from "../domain/event.ts";
import type { PolicyFacts } from "../domain/policy-facts.ts";
import type { Ruling } from "../domain/ruling.ts";
import type { RulingId } from "../domain/stored-ruling.ts";
import { rulingId } from "../policy/explain.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { OpenRun } from "./open-run.ts";

/**
 * Writes a ruling down: in the trace, what was said and the digests of what it was made from; in the record, the facts themselves.
 * `more` goes into the trace; reasons in it that policy did not give stand beside its own.
 */
export async function keepRuling(
  run: OpenRun,
  tx: RecordTx,
  { facts, ruling }: { facts: PolicyFacts; ruling: Ruling },
  more: TraceEvent["data"] = {},
): Promise<RulingId> {
  const id = rulingId(run.run.id, ruling);
  const reasons = ruling.reasons.map((reason) => `${reason.rule}: ${reason.text}`);
  await tx.append(
    run.event("ruling.made", {
      id,
      action: facts.action,
      ruling: ruling.kind,
      reasons,
      ...(ruling.kind === "wait" ? { until: ruling.until?.toISOString() ?? null } : {}),
      ...("change" in facts ? { digest: facts.change.digest } : {}),
      policy: ruling.policyDigest,
      facts: ruling.factsDigest,
      ...more,
    }),
  );
  const { loop, repository } = run.run;
  const organisation = run.ports.definitions.organisation();
  await tx.keepRuling(
    { id, runId: run.run.id, loop, repository, at: new Date(facts.at), facts, ruling },
    { digest: ruling.policyDigest, organisation },
  );
  return id;
}
