import type { Change } from "../domain/change.ts";
import { type ClaimKey, resourceKey } from "../domain/claim.ts";
import type { Sha } from "../domain/ids.ts";
import type { DeploySpec } from "../domain/loop.ts";
import type { Ended } from "../ports/processes.ts";
import { FencedOut } from "../ports/record.ts";
import { oneLine } from "../trace/trailers.ts";
import type { OpenRun } from "./open-run.ts";
import { type Footing, stillStands } from "./rule.ts";

/** One deployment of one run, through all its tries. */
export interface Deploying {
  spec: DeploySpec;
  change: Change;
  sha: Sha;
}

/** How a try ended. `unknown`: its start is kept and its end is not; a worker died in between, and only a look at the place helps. */
export type TryEnd = { kind: "done" } | { kind: "failed"; why: string } | { kind: "unknown" };

export interface Tries {
  count: number;
  last: TryEnd | null;
}

const startKeys = (to: string): string => `deploy-start:${to}:`;
const endKeys = (to: string): string => `deploy-end:${to}:`;

export const environmentKey = (to: string): ClaimKey => resourceKey(`env:${to}`);

/** How often this run has tried so far. Two stages a try: what is kept before the command starts, and how it ended. */
export function triesOf(run: OpenRun, to: string): Tries {
  let count = 0;
  while (run.kept(`${startKeys(to)}${count + 1}`) !== undefined) count += 1;
  if (count === 0) return { count, last: null };
  return { count, last: run.kept<TryEnd>(`${endKeys(to)}${count}`) ?? { kind: "unknown" } };
}

/**
 * The commit that was newest deployed, or tried, in an environment, by whichever run; null before the first, and when the mirror does
 * not have it: then it is on no branch any more and nothing can be compared with it.
 */
export async function newestDeployed(run: OpenRun, to: string): Promise<Sha | null> {
  const newest = await run.ports.record.newestStage(run.repository.name, startKeys(to));
  if (newest === null) return null;
  const { commit } = newest.kept as { commit: Sha };
  return (await run.ports.code.treeOf(run.repository.name, commit)) === null ? null : commit;
}

/**
 * Starts the command once, under the claim on its environment. That it starts is kept before it does, so that whoever comes after a
 * crash knows that it may have run; how it ended is kept after.
 */
export async function tryToDeploy(
  run: OpenRun,
  { spec, sha }: Deploying,
  { number, epoch, footing }: { number: number; epoch: number; footing: Footing },
): Promise<void> {
  const { code, deploys, now } = run.ports;
  const { to } = spec;
  const key = `${run.run.id}-${to}`;
  const checkout = await code.checkout(run.repository.name, sha, `deploy-${run.run.id}-${number}`);
  try {
    // The files took their time: whatever people changed meanwhile is ruled on first.
    if (!(await stillStands(run, footing))) return;
    await run.stage(
      "deploy",
      `${startKeys(to)}${number}`,
      async () => ({ commit: sha, at: now() }),
      async (tx) => {
        if (!(await tx.holdsClaims([environmentKey(to)], run.holder, epoch)))
          throw new FencedOut(`run ${run.run.id} no longer holds ${environmentKey(to)}`);
        await tx.append(run.event("deploy.started", { to, commit: sha, key, try: number }));
      },
    );
    const job = { checkout, key, runId: run.run.id, outputBytesMax: run.loop.limits.outputBytesMax };
    await run.stage(
      "deploy",
      `${endKeys(to)}${number}`,
      async () => endOf(await deploys.run(spec, job, run.signal), spec),
      async (tx, end) => {
        const why = end.kind === "failed" ? { why: end.why } : {};
        const type = end.kind === "done" ? "deploy.done" : "deploy.failed";
        await tx.append(run.event(type, { to, commit: sha, key, try: number, ...why }));
      },
    );
  } finally {
    await code.removeCheckout(checkout);
  }
}

function endOf(ended: Ended, { argv, wallMs }: DeploySpec): TryEnd {
  const program = argv[0] ?? "the command";
  switch (ended.kind) {
    case "exited":
      return ended.exit === 0
        ? { kind: "done" }
        : {
            kind: "failed",
            why: `${program} ended with exit status ${ended.exit}${lastWords(ended.output)}`,
          };
    case "signalled":
      return { kind: "failed", why: `${program} was ended by ${ended.signal}${lastWords(ended.output)}` };
    case "timed-out": {
      const limit = `${wallMs / 1000} s`;
      return { kind: "failed", why: `${program} did not end within ${limit}${lastWords(ended.output)}` };
    }
    case "stopped":
      return { kind: "failed", why: `${program} was stopped${lastWords(ended.output)}` };
    case "not-started":
      return { kind: "failed", why: `it did not start: ${ended.reason}` };
  }
}

/** The last line that it wrote, for people. */
function lastWords(output: string): string {
  const line = output.trim().split("\n").at(-1) ?? "";
  return line === "" ? "" : `: ${oneLine(line, 200)}`;
}
