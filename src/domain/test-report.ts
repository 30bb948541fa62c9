import type { TestId } from "./ids.ts";

export type TestStatus = "passed" | "failed" | "skipped";

export interface TestResult {
  id: TestId;
  name: string;
  /** Relative to the checkout's root, with `/`. */
  file?: string;
  status: TestStatus;
  /** The failure's message with absolute paths of the checkout taken out; empty unless failed. */
  message: string;
}

/** What a test command said of itself. `tests` is empty when it left no report that can be read. */
export interface TestReport {
  tests: TestResult[];
  /** Exit status of the command; null when a signal ended it. */
  exit: number | null;
  /** The end of its output, for people. */
  outputTail: string;
}

export const failedTests = (report: TestReport): TestResult[] =>
  report.tests.filter((t) => t.status === "failed");

/** Green means: ended by itself with 0, and no test in its report failed. */
export const isGreen = (report: TestReport): boolean => report.exit === 0 && failedTests(report).length === 0;

/**
 * A file that does not load stands in a report as one failed test by the file's name. Once it loads, its own tests are there
 * instead: then that "test" has passed.
 */
export function testStatus(report: TestReport, id: TestId): TestStatus | "absent" {
  const own = report.tests.find((test) => test.id === id)?.status;
  if (own !== undefined) return own;
  return report.tests.some((test) => test.file === id) ? "passed" : "absent";
}
