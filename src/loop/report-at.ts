import type { RepositoryName, RunId, Sha } from "../domain/ids.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import type { Checked } from "../ports/processes.ts";
import type { Ports } from "../ports.ts";

export interface CheckJob {
  repository: RepositoryName;
  at: Sha;
  loop: Pick<LoopDefinition, "check" | "limits">;
  /** Names the checkout. */
  forRun: RunId | string;
  /** Runs the check even though a report of the same files is kept. */
  isFresh?: boolean;
}

/**
 * What the check command says of one state of the files, in a fresh checkout without a repository. Reports are kept by tree:
 * the same files are not tested twice. Commands that could not run are not kept.
 */
export async function reportAt(ports: Ports, job: CheckJob, signal: AbortSignal): Promise<Checked> {
  const { check, limits } = job.loop;
  const tree = await ports.code.treeOf(job.repository, job.at);
  if (tree === null)
    return { kind: "could-not-run", reason: `${job.at} is not in the mirror`, outputTail: "" };
  const digest = ports.checks.digest(check);
  const kept = job.isFresh === true ? null : await ports.record.report(tree, digest);
  if (kept !== null) return { kind: "ran", report: kept, ms: 0 };

  const checkout = await ports.code.checkout(
    job.repository,
    job.at,
    `check-${job.forRun}-${tree.slice(0, 10)}`,
  );
  try {
    const checked = await ports.checks.run(
      checkout,
      check,
      { wallMs: limits.checkMs, outputBytesMax: limits.outputBytesMax },
      signal,
    );
    signal.throwIfAborted();
    if (checked.kind === "ran")
      await ports.record.transact((tx) => tx.keepReport(tree, digest, checked.report));
    return checked;
  } finally {
    await ports.code.removeCheckout(checkout);
  }
}
