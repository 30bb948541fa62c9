import { resolveMechanical } from "../coordination/resolve-mechanical.ts";
import { kindOfMerge } from "../coordination/textual.ts";
import type { Change } from "../domain/change.ts";
import type { Sha } from "../domain/ids.ts";
import type { MergePreview } from "../ports/code.ts";
import { indexedOf } from "./indexed.ts";
import { commitBy } from "./maker-result.ts";
import type { OpenRun } from "./open-run.ts";

const bytesMax = 1_000_000;

/**
 * A change that does not merge only because both sides added to change logs or manifests takes the target in, with what the rules make
 * of these files; the check command then judges it as it judges any change, and nobody is asked about it. Null when a rule is in
 * doubt: then it is a conflict as any other.
 */
export async function resolveByRule(
  run: OpenRun,
  clash: { change: Change; target: Sha; preview: Extract<MergePreview, { kind: "conflict" }> },
): Promise<Change | null> {
  const { change, target, preview } = clash;
  if (kindOfMerge(preview) !== "mechanical") return null;
  const { code } = run.ports;
  const repository = run.repository.name;
  const read = (at: Sha, path: string) => code.read(repository, at, path, bytesMax);
  const files = await Promise.all(
    preview.paths.map(async (path) => ({
      path,
      base: await read(change.base, path),
      ours: await read(target, path),
      theirs: await read(change.head, path),
    })),
  );
  const resolution = resolveMechanical(files, false);
  if (resolution.kind === "refused") {
    run.ports.log(
      "info",
      `${change.branch}: ${resolution.path} is not resolved by rule: ${resolution.because}`,
    );
    return null;
  }
  const title = `Take ${run.repository.target} in: ${preview.paths.join(", ")} by rule`;
  const commit = { ...commitBy(run, title, change.intent), at: run.run.startedAt };
  const head = await code.resolveMerge(
    repository,
    { target, head: change.head, files: resolution.files },
    commit,
  );
  const resolved: Change = { ...change, ...(await code.facts(repository, target, head)) };
  const indexed = await indexedOf(run, resolved);
  await run.write(async (tx) => {
    await tx.putChange(resolved, indexed);
    await tx.append(
      run.event("change.resolved", { from: change.head, to: head, target, paths: preview.paths, by: "rule" }),
    );
  });
  return resolved;
}
