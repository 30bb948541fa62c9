import type { Finding } from "../domain/finding.ts";
import { failedTests, type TestResult } from "../domain/test-report.ts";
import { findingId } from "../trace/fingerprint.ts";
import { oneLine } from "../trace/trailers.ts";
import type { FindJob } from "./find-job.ts";
import { reportAt } from "./report-at.ts";

/** What the check command says of the target: a finding for each failing test; one for the command where it names none. */
export async function findInChecks(job: FindJob): Promise<Finding[]> {
  const { ports, loop, repository, target } = job;
  const where = { repository: repository.name, at: target, loop, forRun: `tick-${loop.name}`, isFresh: true };
  const checked = await reportAt(ports, where, job.signal);
  const command = loop.check.argv.join(" ");
  if (checked.kind === "could-not-run") {
    return [
      aboutCommand(
        job,
        "check-could-not-run",
        `"${command}" does not run`,
        `${checked.reason}\n${checked.outputTail}`,
      ),
    ];
  }
  const failed = failedTests(checked.report);
  if (failed.length > 0) return failed.map((test) => aboutTest(job, test));
  if (checked.report.exit === 0) return [];
  const title = `"${command}" ends with ${checked.report.exit ?? "a signal"}`;
  return [aboutCommand(job, "check-failed", title, checked.report.outputTail)];
}

function aboutTest({ repository, target }: FindJob, test: TestResult): Finding {
  return {
    id: findingId(repository.name, "test-failed", test.id, test.message),
    repository: repository.name,
    source: "checks",
    rule: "test-failed",
    title: oneLine(test.id, 200),
    test: test.id,
    paths: test.file === undefined ? [] : [test.file],
    evidence: [
      {
        source: "checks",
        summary: oneLine(test.message, 200),
        detail: test.message.slice(0, 4000),
        where: test.file ?? target.slice(0, 8),
      },
    ],
    seenAt: target,
  };
}

function aboutCommand({ repository, target }: FindJob, rule: string, title: string, detail: string): Finding {
  return {
    id: findingId(repository.name, rule, title),
    repository: repository.name,
    source: "checks",
    rule,
    title,
    paths: [],
    evidence: [{ source: "checks", summary: title, detail: detail.slice(-4000), where: target.slice(0, 8) }],
    seenAt: target,
  };
}
