import type { Finding } from "../domain/finding.ts";
import type { SourceSpec } from "../domain/loop.ts";
import { findInChecks } from "./find-checks.ts";
import { findInCommits } from "./find-commits.ts";
import { findInIssues, mergeIssues } from "./find-issues.ts";
import type { FindJob } from "./find-job.ts";

/** So many findings of one tick are kept; the rest are found again later. */
export const findingsMax = 200;

/** Asks every source of the loop. What two sources say of the same problem becomes one finding with both as evidence. */
export async function find(job: FindJob): Promise<Finding[]> {
  const found = new Map<SourceSpec["kind"], Finding[]>();
  for (const source of job.loop.sources) found.set(source.kind, await ask(source, job));
  const merged = mergeIssues(found.get("checks") ?? [], found.get("issues") ?? []);
  return [...merged, ...(found.get("commits") ?? [])].slice(0, findingsMax);
}

function ask(source: SourceSpec, job: FindJob): Promise<Finding[]> {
  switch (source.kind) {
    case "checks":
      return findInChecks(job);
    case "issues":
      return findInIssues(job);
    case "commits":
      return findInCommits(job, source.rules);
  }
}
