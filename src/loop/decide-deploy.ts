import type { ChangedFile } from "../domain/change.ts";
import type { Hold } from "../domain/hold.ts";
import type { ApprovalFact } from "../domain/policy-facts.ts";
import { needsOf, type Reason, type Ruling } from "../domain/ruling.ts";
import { touchedPaths } from "../policy/change-facts.ts";
import { metBy } from "../policy/needs.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import { deployDigest } from "../trace/fingerprint.ts";
import { ruleWithApprovals } from "./approvals.ts";
import { type Deploying, newestDeployed, type Tries } from "./deploy-try.ts";
import type { Parked } from "./end.ts";
import { keepRuling } from "./keep-ruling.ts";
import type { OpenRun } from "./open-run.ts";
import { commonFacts, type Footing, ruleOn } from "./rule.ts";
import { waitUntil } from "./wait.ts";

export interface DecidedDeploy {
  kind: "decided";
  ruling: Extract<Ruling, { kind: "allow" | "hold" }>;
  /** The hold whose approvals it counts. */
  asked: Hold | null;
  /** What an approval is bound to: commit, place, command, and which try it is for. */
  digest: string;
  footing: Footing;
}

type Denied = { kind: "denied"; reason: string; isForPeople: true };

/** One ruling on deploying what landed, on the facts as they are now. A try that failed, or whose end is unknown, is a reason to ask. */
export async function decideDeploy(
  run: OpenRun,
  { spec, sha, change }: Deploying,
  tries: Tries,
): Promise<DecidedDeploy | Denied | Parked> {
  const facts = {
    ...(await commonFacts(run, [])),
    action: "deploy",
    environment: spec.to,
    commit: sha,
    touched: touchedPaths(await goingOut(run, { spec, sha, change })),
  } as const;
  const digest = deployDigest(sha, spec.to, spec.argv, tries.count);
  const again = whyAsk(run, spec.to, tries);
  const asking = {
    organisation: run.ports.definitions.organisation(),
    holds: await run.ports.record.holds(run.run.id),
    binding: { digest, environment: spec.to },
    authorEmails: change.authorEmails,
    now: new Date(facts.at),
  };
  const { ruling, asked, approvals } = ruleWithApprovals(asking, (counted) =>
    withReasons(ruleOn(run, { ...facts, approvals: counted }), again, counted),
  );
  const ruled = { ...facts, approvals };
  // The facts are kept with what policy made of them; what the line asks besides stands in the trace.
  const keep = (tx: RecordTx) =>
    keepRuling(
      run,
      tx,
      { facts: ruled, ruling: ruleOn(run, ruled) },
      {
        ruling: ruling.kind,
        reasons: ruling.reasons.map((reason) => `${reason.rule}: ${reason.text}`),
        ...{ to: spec.to, digest },
      },
    );
  if (ruling.kind === "wait") {
    const until = ruling.until?.toISOString() ?? null;
    // Whoever wakes the run in between is told the same; that is said once for each moment.
    await run.stage(
      "deploy",
      `deploy-wait:${spec.to}:${until}`,
      async () => until,
      async (tx) => {
        await keep(tx);
        await tx.append(run.event("deploy.waiting", { to: spec.to, commit: sha, until }));
      },
    );
    return waitUntil(run, "deploy", ruling);
  }
  await run.write(keep);
  if (ruling.kind === "allow" || ruling.kind === "hold") {
    const footing = { policyDigest: ruling.policyDigest, freezes: facts.freezes };
    return { kind: "decided", ruling, asked, digest, footing };
  }
  const reason = `Policy denies it: ${ruling.reasons.map((one) => one.text).join(" ")}`;
  return { kind: "denied", reason, isForPeople: true };
}

/** What the deployment brings to its place: everything since the newest one before it, and not only this run's change. */
async function goingOut(run: OpenRun, { spec, sha, change }: Deploying): Promise<ChangedFile[]> {
  const newest = await newestDeployed(run, spec.to);
  if (newest === null || newest === sha) return change.files;
  return (await run.ports.code.facts(run.repository.name, newest, sha)).files;
}

function whyAsk(run: OpenRun, to: string, { count, last }: Tries): Reason[] {
  if (last === null || last.kind === "done") return [];
  const text =
    last.kind === "failed"
      ? `Try ${count} to deploy to ${to} failed: ${last.why}. An approval starts it once more.`
      : `Nobody knows how far try ${count} to deploy to ${to} came: its worker died on the way. Look there first; an approval starts it once more.`;
  return [{ rule: "deploy-again", text, needs: [{ group: run.repository.approvers, count: 1 }] }];
}

/** A ruling to which the line itself has reasons to add: they hold what policy would let through, until the approvals meet them. */
function withReasons(ruling: Ruling, added: Reason[], approvals: ApprovalFact[]): Ruling {
  if (added.length === 0 || ruling.kind === "deny" || ruling.kind === "wait") return ruling;
  const { policyDigest, factsDigest } = ruling;
  const by = metBy(needsOf(added), approvals);
  if (by === null) {
    const reasons = [...(ruling.kind === "hold" ? ruling.reasons : []), ...added];
    return { kind: "hold", reasons, needs: needsOf(reasons), policyDigest, factsDigest };
  }
  if (ruling.kind === "hold") return ruling;
  return { ...ruling, discharged: [...ruling.discharged, ...added.map((reason) => ({ reason, by }))] };
}
