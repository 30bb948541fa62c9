import type { Finding } from "../domain/finding.ts";
import type { CommitRule } from "../domain/loop.ts";
import type { CommitInfo } from "../ports/code.ts";
import { findingId } from "../trace/fingerprint.ts";
import { oneLine } from "../trace/trailers.ts";
import type { FindJob } from "./find-job.ts";

/** At a loop's first tick, this many commits count as recent. */
const firstCommitsMax = 20;
const commitsMax = 200;

/** What the commits since the last tick brought in that nobody wants on the target. */
export async function findInCommits(job: FindJob, rules: CommitRule[]): Promise<Finding[]> {
  const { ports, repository, target, since } = job;
  const range =
    since === null ? { to: target, max: firstCommitsMax + 1 } : { to: target, from: since, max: commitsMax };
  const commits = await ports.code.commits(repository.name, range);
  const before = since ?? commits.at(-1)?.sha;
  const recent = since === null ? commits.slice(0, firstCommitsMax) : commits;
  if (recent.length === 0 || before === undefined || before === target) return [];

  const unfinished = rules.includes("fixup")
    ? recent.filter((one) => /^(fixup|squash|amend)!|^wip\b/i.test(one.subject))
    : [];
  return [...unfinished.map((one) => aboutCommit(job, one)), ...(await aboutPaths(job, rules, before))];
}

function aboutCommit({ repository, target }: FindJob, commit: CommitInfo): Finding {
  const title = `${commit.sha.slice(0, 8)} "${oneLine(commit.subject, 100)}" is on ${repository.target} unfinished`;
  return {
    id: findingId(repository.name, "fixup", commit.sha),
    repository: repository.name,
    source: "commits",
    rule: "fixup",
    title,
    paths: [],
    evidence: [{ source: "commits", summary: title, detail: commit.body.slice(0, 1000), where: commit.sha }],
    seenAt: target,
  };
}

async function aboutPaths(
  { ports, repository, target }: FindJob,
  rules: CommitRule[],
  before: string,
): Promise<Finding[]> {
  const problems = await ports.code.diffProblems(repository.name, before, target);
  const wanted = problems.filter((one) => rules.includes(ruleOf(one.problem)));
  const places = groupByPlace(wanted);
  return [...places.values()].flatMap((group) => {
    const first = group[0];
    if (first === undefined) return [];
    const rule = ruleOf(first.problem);
    const what = rule === "whitespace" ? "whitespace errors" : "conflict markers";
    return {
      id: findingId(repository.name, rule, first.path),
      repository: repository.name,
      source: "commits" as const,
      rule,
      title: `${first.path} has ${what}`,
      paths: [first.path],
      evidence: group.slice(0, 10).map((one) => ({
        source: "commits" as const,
        summary: `line ${one.line}: ${one.problem}`,
        detail: "",
        where: `${one.path}:${one.line}`,
      })),
      seenAt: target,
    };
  });
}

type Problem = { path: string; line: number; problem: string };

const ruleOf = (problem: string): CommitRule =>
  /conflict marker/i.test(problem) ? "conflict-markers" : "whitespace";

function groupByPlace(problems: Problem[]): Map<string, Problem[]> {
  const groups = new Map<string, Problem[]>();
  for (const one of problems) {
    const key = `${ruleOf(one.problem)}\0${one.path}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return groups;
}
