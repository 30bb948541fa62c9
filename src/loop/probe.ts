import { failedTests, isGreen, type TestReport, testStatus } from "../domain/test-report.ts";
import type { OpenRun } from "./open-run.ts";

/** What one commit says of the failing test: absent before it was written, unknown when the command could not run there. */
export type ProbeResult = "passes" | "fails" | "absent" | "unknown";

export const subjectOf = (run: OpenRun): string => {
  const { test } = run.finding.finding;
  return test === undefined ? `"${run.loop.check.argv.join(" ")}"` : `"${test}"`;
};

/** With a test: its own status. Without one: whether the whole command is green. */
export function probeOf(report: TestReport, test: string | undefined): ProbeResult {
  if (test === undefined) return isGreen(report) ? "passes" : "fails";
  const status = testStatus(report, test);
  if (status === "passed") return "passes";
  if (status === "failed") return "fails";
  // A report without any tests, from a command that failed: broken there, which says nothing about this test.
  if (status === "absent" && report.tests.length === 0 && report.exit !== 0) return "unknown";
  return status === "skipped" ? "unknown" : "absent";
}

/** Tests that fail after and did not fail before. */
export const newlyFailing = (before: TestReport, after: TestReport): string[] =>
  failedTests(after)
    .map((test) => test.id)
    .filter((id) => testStatus(before, id) !== "failed");
