import type { Intent } from "../domain/change.ts";
import type { Sha } from "../domain/ids.ts";
import { isTestPath } from "../domain/test-path.ts";
import { type TestReport, testStatus } from "../domain/test-report.ts";
import type { CommitInfo } from "../ports/code.ts";
import { oneLine } from "../trace/trailers.ts";
import { commitBy, type MakerResult } from "./maker-result.ts";
import type { OpenRun } from "./open-run.ts";
import { newlyFailing, probeOf, subjectOf } from "./probe.ts";
import { reportAt } from "./report-at.ts";

/** Parts of the culprit that are tried, each with a run of the tests. */
const trialsMax = 40;

interface Job {
  base: Sha;
  culprit: CommitInfo;
  /** The report of `base`. */
  before: TestReport;
  probes: number;
}

/**
 * Takes the culprit back on top of `base`: whole when that turns the test green and costs no test; else the smallest set of
 * its hunks that does. Every candidate is proved by running the tests.
 */
export async function revertSmallest(run: OpenRun, job: Job): Promise<MakerResult> {
  const { culprit } = job;
  const name = `${culprit.sha.slice(0, 8)} "${culprit.subject}"`;
  const tried = [`first bad commit, of ${job.probes} asked: ${name}`];
  const trials = { left: trialsMax };
  const attempt = async (part?: Part) => {
    trials.left -= 1;
    await run.progress(
      "make",
      `taking back ${part === undefined ? "all" : words(part)} of ${culprit.sha.slice(0, 8)}`,
    );
    return tryRevert(run, job, part);
  };

  const whole = await attempt();
  if (whole.kind === "proved") return { ...whole.made, tried };
  tried.push(`taking all of it back: ${whole.reason}`);

  const hunks = await run.ports.code.hunks(run.repository.name, culprit.sha);
  const source = hunks.filter((hunk) => !isTestPath(hunk.path)).map((hunk) => hunk.id);
  const partOf = (ids: string[]): Part => ({ hunks: ids, of: hunks.length });
  const proves = async (ids: string[]) => trials.left > 0 && (await attempt(partOf(ids))).kind === "proved";
  const smallest = await smallestPart(source, proves);
  if (smallest === null) {
    tried.push(
      `taking parts of it back: none of ${trialsMax - trials.left - 1} trials turned the test green alone`,
    );
    return {
      kind: "gave-up",
      reason: `${name} broke ${subjectOf(run)}, but taking it back does not help: ${whole.reason}`,
      tried,
      isFailure: false,
    };
  }
  const last = await tryRevert(run, job, partOf(smallest));
  if (last.kind !== "proved")
    throw new Error(`reverting ${name}: a part that was proved is not proved again: ${last.reason}`);
  return { ...last.made, tried };
}

const intentOf = (run: OpenRun, culprit: CommitInfo, part: string): Intent => ({
  why: `Takes back ${culprit.sha.slice(0, 8)} "${oneLine(culprit.subject, 80)}"${part}, the first commit at which ${subjectOf(run)} fails.`,
  deliberateTests: [],
  undoes: culprit.sha,
});

/** Some of the culprit's hunks. */
interface Part {
  hunks: string[];
  of: number;
}

const words = ({ hunks, of }: Part): string => `${hunks.length} of its ${of} parts`;

type Trial =
  | { kind: "proved"; made: Extract<MakerResult, { kind: "made" }> }
  | { kind: "no"; reason: string };

async function tryRevert(run: OpenRun, job: Job, part?: Part): Promise<Trial> {
  const wish = {
    commit: job.culprit.sha,
    onto: job.base,
    ...(part === undefined ? {} : { hunks: part.hunks }),
  };
  const title = oneLine(`Revert "${job.culprit.subject}"`, 100);
  const intent = intentOf(run, job.culprit, part === undefined ? "" : ` (${words(part)})`);
  const commit = commitBy(run, title, intent);
  const reverted = await run.ports.code.revert(run.repository.name, wish, commit);
  if (reverted.kind === "conflict")
    return { kind: "no", reason: `later commits changed the same lines of ${reverted.paths.join(", ")}` };
  if (reverted.kind === "unchanged") return { kind: "no", reason: "it is gone from the target already" };

  const checked = await reportAt(
    run.ports,
    { repository: run.repository.name, at: reverted.head, loop: run.loop, forRun: run.run.id },
    run.signal,
  );
  if (checked.kind === "could-not-run") return { kind: "no", reason: checked.reason };
  const why = whyNotProved(run, job.before, checked.report);
  if (why !== null) return { kind: "no", reason: why };
  return { kind: "proved", made: { kind: "made", head: reverted.head, title, intent, tried: [] } };
}

function whyNotProved(run: OpenRun, before: TestReport, after: TestReport): string | null {
  if (probeOf(after, run.finding.finding.test) !== "passes") return `${subjectOf(run)} still fails`;
  const broken = newlyFailing(before, after);
  if (broken.length > 0) return `it breaks ${broken.slice(0, 3).join(", ")}`;
  const lost = before.tests.filter(
    (test) => test.status !== "skipped" && testStatus(after, test.id) === "absent",
  );
  return lost.length > 0
    ? `it would take tests away: ${lost
        .slice(0, 3)
        .map((test) => test.id)
        .join(", ")}`
    : null;
}

/**
 * The smallest part that proves, by halving (ddmin): no single piece of the answer can be left out. Null when not even all of
 * the parts prove, nor any of them alone.
 */
export async function smallestPart(
  parts: string[],
  proves: (part: string[]) => Promise<boolean>,
): Promise<string[] | null> {
  if (parts.length === 0) return null;
  if (!(await proves(parts))) return firstAlone(parts, proves);
  let smallest = parts;
  let pieces = 2;
  while (smallest.length > 1) {
    const smaller = await withoutOnePiece(smallest, pieces, proves);
    if (smaller !== null) {
      smallest = smaller;
      pieces = Math.max(pieces - 1, 2);
    } else if (pieces < smallest.length) {
      pieces = Math.min(pieces * 2, smallest.length);
    } else {
      break;
    }
  }
  return smallest;
}

async function firstAlone(
  parts: string[],
  proves: (part: string[]) => Promise<boolean>,
): Promise<string[] | null> {
  if (parts.length === 1) return null;
  for (const part of parts) {
    if (await proves([part])) return [part];
  }
  return null;
}

async function withoutOnePiece(
  parts: string[],
  pieces: number,
  proves: (part: string[]) => Promise<boolean>,
) {
  const size = Math.ceil(parts.length / pieces);
  for (let start = 0; start < parts.length; start += size) {
    const rest = [...parts.slice(0, start), ...parts.slice(start + size)];
    if (rest.length > 0 && (await proves(rest))) return rest;
  }
  return null;
}
