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

export const testStatus = (report: TestReport, id: TestId): TestStatus | "absent" =>
  report.tests.find((t) => t.id === id)?.status ?? "absent";
