import type { Intent } from "../domain/change.ts";
import { isTestPath } from "../domain/test-path.ts";
import { type TestReport, testStatus } from "../domain/test-report.ts";

const assertion = /\b(assert|expect|should|t\.(equal|deepEqual|is|ok|true|false|throws)|raises)\b/;

/**
 * Whether a change leaves the tests as strong as it found them: sentences about tests that it removes, skips or
 * weakens without declaring so in its intent. `diff` is the change's unified diff; a report without tests says nothing.
 */
export function integrityProblems(facts: {
  before: TestReport;
  after: TestReport;
  diff: string;
  intent: Intent;
}): string[] {
  const declared = new Set(facts.intent.deliberateTests);
  const lost = facts.before.tests.flatMap((test) => {
    if (declared.has(test.id) || test.status === "skipped") return [];
    const now = testStatus(facts.after, test.id);
    if (now === "absent") return [`It removes the test "${test.id}".`];
    return now === "skipped" ? [`It skips the test "${test.id}".`] : [];
  });
  return [...lost, ...(declared.size > 0 ? [] : weakenedFiles(facts.diff))];
}

/** Test files in which more assertion lines go than come. */
function weakenedFiles(diff: string): string[] {
  const balance = new Map<string, number>();
  let path = "";
  for (const line of diff.split("\n")) {
    // git puts a name with odd characters in quotation marks; its escapes do not hide what folder it is in.
    const header = /^diff --git .*\bb\/(.*?)"?$/.exec(line);
    if (header?.[1] !== undefined) path = header[1];
    if (!isTestPath(path) || line.startsWith("+++") || line.startsWith("---")) continue;
    if (!assertion.test(line)) continue;
    if (line.startsWith("+")) balance.set(path, (balance.get(path) ?? 0) + 1);
    if (line.startsWith("-")) balance.set(path, (balance.get(path) ?? 0) - 1);
  }
  return [...balance].flatMap(([file, sum]) =>
    sum < 0
      ? [`It takes ${-sum} more assertion${sum === -1 ? "" : "s"} out of ${file} than it puts in.`]
      : [],
  );
}
