import type { Intent } from "../domain/change.ts";
import type { TestId } from "../domain/ids.ts";
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
  return [
    ...lostTests(facts.before, facts.after, facts.intent).map(({ id, isSkipped }) =>
      isSkipped ? `It skips the test "${id}".` : `It removes the test "${id}".`,
    ),
    ...weakenedFiles(facts.diff, facts.intent).map(
      ({ path, lost }) =>
        `It takes ${lost} more assertion${lost === 1 ? "" : "s"} out of ${path} than it puts in.`,
    ),
  ];
}

/** Tests that were there and are gone or skipped now, without a word in the intent. */
export function lostTests(
  before: TestReport,
  after: TestReport,
  intent: Intent,
): { id: TestId; isSkipped: boolean }[] {
  const declared = new Set(intent.deliberateTests);
  return before.tests.flatMap((test) => {
    if (declared.has(test.id) || test.status === "skipped") return [];
    const now = testStatus(after, test.id);
    return now === "absent" || now === "skipped" ? [{ id: test.id, isSkipped: now === "skipped" }] : [];
  });
}

interface FileDiff {
  path: string;
  balance: number;
  lines: string[];
}

/** Test files in which more assertion lines go than come. A declared test excuses the file that it is in, and no other. */
export function weakenedFiles(diff: string, intent: Intent): { path: string; lost: number }[] {
  return filesOf(diff).flatMap((file) =>
    file.balance >= 0 || intent.deliberateTests.some((id) => isIn(id, file))
      ? []
      : [{ path: file.path, lost: -file.balance }],
  );
}

function filesOf(diff: string): FileDiff[] {
  const files = new Map<string, FileDiff>();
  let path = "";
  for (const line of diff.split("\n")) {
    // git puts a name with odd characters in quotation marks; its escapes do not hide what folder it is in.
    const header = /^diff --git .*\bb\/(.*?)"?$/.exec(line);
    if (header?.[1] !== undefined) path = header[1];
    if (!isTestPath(path)) continue;
    const file = files.get(path) ?? { path, balance: 0, lines: [] };
    files.set(path, file);
    file.lines.push(line);
    if (line.startsWith("+++") || line.startsWith("---") || !assertion.test(line)) continue;
    if (line.startsWith("+")) file.balance += 1;
    if (line.startsWith("-")) file.balance -= 1;
  }
  return [...files.values()];
}

/** A test's id names its file; of one that does not, the test's own name must stand in what the change shows of the file. */
function isIn(id: TestId, file: FileDiff): boolean {
  const [first = "", ...rest] = id.split(" › ");
  if (rest.length > 0 && isTestPath(first)) return first === file.path;
  const name = rest.at(-1) ?? first;
  return file.lines.some((line) => line.includes(name));
}
