import type { Conflict } from "../domain/conflict.ts";
import type { Hold } from "../domain/hold.ts";
import type { Ruling } from "../domain/ruling.ts";
import { holdDigest } from "../trace/fingerprint.ts";
import { ruleWithApprovals } from "./approvals.ts";
import { type End, gaveUp } from "./end.ts";
import { keepRuling } from "./keep-ruling.ts";
import { landingFacts } from "./landing-facts.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";
import { type Footing, ruleOn } from "./rule.ts";
import { waitUntil } from "./wait.ts";

export interface Decided {
  kind: "decided";
  ruling: Extract<Ruling, { kind: "allow" | "hold" }>;
  /** The hold whose approvals it counts. */
  asked: Hold | null;
  footing: Footing;
}

/** One ruling from policy on the facts as they are now; the trace keeps it with its reasons. A denial ends the run, a wait parks it. */
export async function decideLanding(
  run: OpenRun,
  merged: Merged,
  conflicts: Conflict[],
): Promise<Decided | End> {
  const facts = await landingFacts(run, merged, conflicts);
  const asking = {
    organisation: run.ports.definitions.organisation(),
    holds: await run.ports.record.holds(run.run.id),
    binding: { digest: holdDigest(merged.change.digest, merged.effect), environment: null },
    authorEmails: merged.change.authorEmails,
    now: new Date(facts.at),
  };
  const { ruling, asked, approvals } = ruleWithApprovals(asking, (counted) =>
    ruleOn(run, { ...facts, approvals: counted }),
  );
  // Before people are asked about a branch it is pushed for them to look at. Only a denial of that counts: they are about to be asked.
  const proposing = { ...facts, action: "propose" } as const;
  const proposed = ruling.kind === "hold" ? ruleOn(run, proposing) : null;
  const decided = proposed?.kind === "deny" ? proposed : ruling;
  run.mark("decide", "done", decided.kind);
  await run.write(async (tx) => {
    await keepRuling(run, tx, { facts: { ...facts, approvals }, ruling });
    if (decided !== ruling) await keepRuling(run, tx, { facts: proposing, ruling: decided });
  });
  switch (decided.kind) {
    case "allow":
    case "hold":
      return {
        ...{ kind: "decided", ruling: decided, asked },
        footing: { policyDigest: decided.policyDigest, freezes: facts.freezes },
      };
    case "wait":
      return waitUntil(run, "decide", decided);
    case "deny":
      run.mark("decide", "stopped", "denied");
      return gaveUp(`Policy denies it: ${decided.reasons.map((reason) => reason.text).join(" ")}`, []);
  }
}
