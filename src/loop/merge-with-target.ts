import type { Change } from "../domain/change.ts";
import type { Sha } from "../domain/ids.ts";
import { type End, stopped } from "./end.ts";
import { indexedOf } from "./indexed.ts";
import type { OpenRun } from "./open-run.ts";
import { resolveByRule } from "./resolve-by-rule.ts";

/** A change together with what landing it now would do to the target. */
export interface Merged {
  change: Change;
  target: Sha;
  /** The target with the change in it: a merge commit that nobody pushes, to check and compare with. */
  commit: Sha;
  tree: Sha;
  /** Digest of the exact difference that landing makes; it changes when the target moves where the change is. */
  effect: string;
}

/** Without a time of its own, so that the same merge is the same commit. */
const previewCommit = {
  message: "What landing would make; never pushed.\n",
  author: { name: "loomstack", email: "loomstack@localhost" },
  at: new Date(0),
};

/** Fresh facts for a landing: the branch and the target as they are on the remote this moment. */
export async function mergeWithTarget(
  run: OpenRun,
  made: Change,
  mayResolve = true,
): Promise<({ kind: "merged" } & Merged) | End> {
  const { code } = run.ports;
  const repository = run.repository.name;
  const { target, branches } = await code.fetch(run.repository);
  const known = (await run.ports.record.change(run.run.id)) ?? made;

  // A head that another machine made, and that the remote has no more, is in no branch.
  const isHere = (await code.treeOf(repository, known.head)) !== null;
  const broughtIn = isHere ? await code.broughtIn(repository, known.head, target) : null;
  if (broughtIn !== null) return landedAlready(run, known, broughtIn);

  const pushed = branches.get(known.branch);
  if (pushed === undefined && known.state === "held") {
    return stopped(`its branch ${known.branch} was deleted on the remote`, { fate: "rejected" });
  }
  // A branch that is behind is one that this run has not pushed yet.
  const isOurs =
    pushed === undefined || pushed === known.head || (await code.contains(repository, pushed, known.head));
  const change = isOurs ? known : await takePushed(run, known, pushed);

  const [preview] = await code.mergeAll(repository, [{ ours: target, theirs: change.head }]);
  if (preview?.kind === "conflict" && mayResolve) {
    const resolved = await resolveByRule(run, { change, target, preview });
    if (resolved !== null) return mergeWithTarget(run, resolved, false);
  }
  const effect = await code.effectDigest(repository, target, change.head);
  if (preview?.kind !== "clean" || effect === null) {
    const paths = preview?.kind === "conflict" ? preview.paths.slice(0, 5).join(", ") : "its paths";
    return stopped(
      `${run.repository.target} moved in ${paths} and the change no longer merges; a new run starts from there`,
      { again: true },
    );
  }
  const { tree } = preview;
  const commit = await code.mergeCommit(repository, { target, head: change.head, tree }, previewCommit);
  return { kind: "merged", change, target, commit, tree, effect };
}

/** A crash between push and record, or a person who merged the branch by hand: the target says that it is in. */
async function landedAlready(run: OpenRun, { branch, head }: Change, sha: Sha): Promise<End> {
  await run.ports.code.withdraw(run.repository, branch, head);
  const holds = await run.ports.record.holds(run.run.id);
  const approved = holds.findLast((hold) => hold.state === "approved");
  const approvedBy = (approved?.approvals ?? []).map((one) => one.person);
  run.mark("land", "done", sha.slice(0, 8));
  return {
    kind: "ended",
    outcome: { kind: "landed", sha, approvedBy },
    fate: "landed",
    isFailure: false,
    again: false,
  };
}

/** Somebody pushed to the loop's branch: that is the change now, with its own authors and digest, and is judged from the start. */
async function takePushed(run: OpenRun, known: Change, head: Sha): Promise<Change> {
  const facts = await run.ports.code.facts(run.repository.name, known.base, head);
  const change: Change = { ...known, ...facts, state: "proposed" };
  const indexed = await indexedOf(run, change);
  await run.write(async (tx) => {
    await tx.putChange(change, indexed);
    await tx.append(
      run.event("change.pushed-over", { from: known.head, to: head, authors: facts.authorEmails }),
    );
  });
  return change;
}
