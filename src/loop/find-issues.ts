import type { Evidence, Finding } from "../domain/finding.ts";
import { parseIssueFile } from "../domain/issue-file.ts";
import { findingId } from "../trace/fingerprint.ts";
import { oneLine } from "../trace/trailers.ts";
import type { FindJob } from "./find-job.ts";

const folder = ".loom/issues/";
const issuesMax = 200;
const issueBytesMax = 64_000;

/** The open issues kept as Markdown files in the repository. `test` is kept to be joined with that test's failure. */
export async function findInIssues({ ports, repository, target }: FindJob): Promise<Finding[]> {
  const paths = (await ports.code.list(repository.name, target, folder)).filter((path) =>
    path.endsWith(".md"),
  );
  const findings: Finding[] = [];
  for (const path of paths.slice(0, issuesMax)) {
    const text = await ports.code.read(repository.name, target, path, issueBytesMax);
    const issue = text === null ? null : parseIssueFile(text);
    if (issue === null || !issue.isOpen) {
      if (issue === null)
        ports.log(
          "warn",
          `${repository.name}: ${path} is no issue: it needs front matter with a title, under ${issueBytesMax} bytes`,
        );
      continue;
    }
    findings.push({
      id: findingId(repository.name, "issue", path),
      repository: repository.name,
      source: "issues",
      rule: "issue",
      title: oneLine(issue.title, 200),
      paths: [],
      evidence: [
        {
          source: "issues",
          summary: oneLine(issue.title, 200),
          detail: issue.body.slice(0, 4000),
          where: path,
        },
      ],
      seenAt: target,
      ...(issue.test === undefined ? {} : { test: issue.test }),
    });
  }
  return findings;
}

/** An issue that names a failing test is evidence about that failure, not a second finding. */
export function mergeIssues(failures: Finding[], issues: Finding[]): Finding[] {
  const evidence = new Map<string, Evidence[]>();
  const alone = issues.filter((issue) => {
    const failure = failures.find((one) => isSameTest(one.test, issue.test));
    if (failure !== undefined)
      evidence.set(failure.id, [...(evidence.get(failure.id) ?? []), ...issue.evidence]);
    return failure === undefined;
  });
  return [
    ...failures.map((one) => ({ ...one, evidence: [...one.evidence, ...(evidence.get(one.id) ?? [])] })),
    ...alone,
  ];
}

/** A report need not name the file, so an id may be the end of the other. */
function isSameTest(left: string | undefined, right: string | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  return left === right || left.endsWith(` › ${right}`) || right.endsWith(` › ${left}`);
}
