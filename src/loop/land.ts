import type { Sha } from "../domain/ids.ts";
import { FencedOut } from "../ports/record.ts";
import { commitMessage } from "../trace/trailers.ts";
import { type Held, whyHalted } from "./claim.ts";
import { type End, gaveUp } from "./end.ts";
import type { Go } from "./hold.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";
import { type Footing, stillStands } from "./rule.ts";

/**
 * Merges exactly the approved head into exactly the target that was checked, and pushes without force. The merge commit is kept
 * as a stage before it is pushed, so a repeat after a crash pushes the same one, and a target that moved refuses it. The right to
 * land (lease, claim, no pause, no new freeze or policy) is asked for again right before the push.
 */
export async function land(
  run: OpenRun,
  merged: Merged,
  { answer, held, footing }: { answer: Go; held: Held; footing: Footing },
): Promise<End | { kind: "moved" }> {
  const { change, target } = merged;
  // Who approved stands in the commit: with others' approvals it is another commit.
  const key = `land:${target.slice(0, 12)}:${change.head.slice(0, 12)}:${answer.approvedBy.join(",")}`;
  const kept = await run.stage("land", key, () => makeMerge(run, merged, answer));
  // Another machine's merge that did not get out, or the target would have moved: then this one's is as good.
  const isHere = (await run.ports.code.treeOf(run.repository.name, kept)) !== null;
  const commit = isHere ? kept : await makeMerge(run, merged, answer);

  const halt = await whyHalted(run);
  if (halt !== null) return halt;
  if (!(await stillStands(run, footing))) return { kind: "moved" };
  await run.write(async (tx) => {
    if (!(await tx.holdsClaims(held.keys, run.holder, held.epoch))) {
      throw new FencedOut(`run ${run.run.id} no longer holds its claims`);
    }
  });

  const pushed = await run.ports.code.land(run.repository, commit, change.branch);
  if (pushed.kind === "moved") return { kind: "moved" };
  if (pushed.kind === "refused") {
    run.mark("land", "stopped", pushed.reason);
    return gaveUp(
      `${run.repository.name} refused the push to ${run.repository.target}: ${pushed.reason}`,
      [],
      true,
    );
  }
  run.mark("land", "done", commit.slice(0, 8));
  return {
    kind: "ended",
    outcome: { kind: "landed", sha: commit, approvedBy: answer.approvedBy },
    fate: "landed",
    isFailure: false,
    again: false,
  };
}

function makeMerge(run: OpenRun, { change, target, tree }: Merged, answer: Go): Promise<Sha> {
  const organisation = run.ports.definitions.organisation();
  return run.ports.code.mergeCommit(
    run.repository.name,
    { target, head: change.head, tree },
    {
      message: commitMessage(change, run.run.findingId, answer),
      author: { name: `loom/${run.run.loop}`, email: organisation.commitEmail },
      at: run.ports.now(),
    },
  );
}
