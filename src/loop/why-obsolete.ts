import type { ChangedFile } from "../domain/change.ts";
import type { Sha } from "../domain/ids.ts";
import { type Deploying, newestDeployed } from "./deploy-try.ts";
import type { OpenRun } from "./open-run.ts";

/**
 * Why what landed need not, or must not, be deployed any more; null when it still should. It may have waited for days: the target
 * may have taken it back or lost it, the finding may be back, and a newer landing that has it in may be out. Deploying over that
 * one would take back what it brought.
 */
export async function whyObsolete(run: OpenRun, { spec, change, sha }: Deploying): Promise<string | null> {
  const { code } = run.ports;
  const { name, target: branch } = run.repository;
  const { target } = await code.fetch(run.repository);
  const finding = await run.ports.record.finding(run.run.findingId);
  if (finding?.fate === "open") return "its finding was seen again since it landed";
  if (!(await code.contains(name, sha, target))) return `${short(sha)} is not on ${branch} any more`;
  if (target !== sha) {
    const { files } = await code.facts(name, sha, target);
    if (isTakenBack(change.files, files)) return `${branch} has taken it back since`;
  }
  const newest = await newestDeployed(run, spec.to);
  if (newest === null || newest === sha || !(await code.contains(name, sha, newest))) return null;
  return `${short(newest)}, which has it in, was deployed or tried since`;
}

const short = (sha: Sha): string => sha.slice(0, 8);

/** Whether every file of a change became again what it was before, in what came after it. */
function isTakenBack(change: ChangedFile[], later: ChangedFile[]): boolean {
  const now = new Map<string, Sha | null>();
  for (const file of later) {
    if (file.from !== undefined) now.set(file.from, null);
    now.set(file.path, file.after);
  }
  const isBack = (file: ChangedFile) =>
    now.has(file.path) && now.get(file.path) === (file.from === undefined ? file.before : null);
  return change.length > 0 && change.every(isBack);
}
