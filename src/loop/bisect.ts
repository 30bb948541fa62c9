import { pathsInScope } from "../coordination/against-decision.ts";
import { changedPaths } from "../domain/change.ts";
import { keptSide } from "../domain/conflict.ts";
import type { Sha } from "../domain/ids.ts";
import type { EntryId, MemoryEntry } from "../domain/memory.ts";
import type { CommitInfo } from "../ports/code.ts";
import { byChance } from "./by-chance.ts";
import type { MakerResult } from "./maker-result.ts";
import type { OpenRun } from "./open-run.ts";
import { type ProbeResult, probeOf, subjectOf } from "./probe.ts";
import { recall } from "./recall.ts";
import { reportAt } from "./report-at.ts";
import { revertSmallest } from "./revert-smallest.ts";
import { supersededIntents } from "./superseded-intents.ts";

/** How far back a green commit is looked for. */
const commitsMax = 2000;

/**
 * The maker that needs no model: finds the first commit since the last green one at which the test fails, takes it back, or
 * the smallest part of it that turns the test green, and proves it by running the tests. Gives up with the reason when the
 * test never passed, fails by chance, or no part of the culprit can be taken back.
 */
export async function bisect(run: OpenRun, base: Sha): Promise<MakerResult> {
  const { finding } = run.finding;
  if (finding.source !== "checks") {
    return giveUp(`bisect needs a failing test, and "${finding.title}" names none.`, []);
  }
  const head = await probeReport(run, base, true);
  if (head.kind === "could-not-run")
    return giveUp(`The check command does not run: ${head.reason}`, [head.outputTail]);
  const now = probeOf(head.report, finding.test);
  if (now === "passes") {
    return giveUp(byChance(subjectOf(run)), []);
  }
  if (now === "absent")
    return giveUp(`${subjectOf(run)} is not in the report of ${base.slice(0, 8)} any more.`, []);

  const commits = await run.ports.code.commits(run.repository.name, { to: base, max: commitsMax });
  const found = await findCulprit(run, commits);
  if (found.kind === "none") return giveUp(found.reason, [`the check at ${found.probes} commits`]);
  const against = await decisionAgainst(run, found.culprit);
  if (against !== null)
    return giveUp(against, [`first bad commit: ${found.culprit.sha.slice(0, 8)} "${found.culprit.subject}"`]);
  return revertSmallest(run, { base, culprit: found.culprit, before: head.report, probes: found.probes });
}

/** A decision that taking the culprit back would go against: its own intent, or what a person decided about its paths. */
async function decisionAgainst(run: OpenRun, culprit: CommitInfo): Promise<string | null> {
  const parent = culprit.parents[0];
  if (parent === undefined) return null;
  const { files } = await run.ports.code.facts(run.repository.name, parent, culprit.sha);
  const paths = changedPaths(files);
  const recalled = await recall(run, { paths });
  const superseding = (await supersededIntents(run.ports.record, run.repository.name)).get(culprit.sha);
  const against = await firstOf(
    recalled.map((one) => one.entry),
    (entry) => forbids(run, entry, { culprit, paths, superseding }),
  );
  if (against === null) return null;
  const name = `${culprit.sha.slice(0, 8)} "${culprit.subject}"`;
  return `${subjectOf(run)} fails since ${name}, which is meant so: ${against.id}, "${against.statement}" (${against.author}). It is not taken back. Change the test, or decide anew: /loom decide … supersedes ${against.id}`;
}

async function firstOf<T>(all: T[], test: (one: T) => Promise<boolean>): Promise<T | null> {
  for (const one of all) if (await test(one)) return one;
  return null;
}

/** A decision forbids what it is about: a landed intent its own commit, an answer the side that was kept, a person's word its paths. */
async function forbids(
  run: OpenRun,
  entry: MemoryEntry,
  about: { culprit: CommitInfo; paths: string[]; superseding: Set<EntryId> | undefined },
): Promise<boolean> {
  const { culprit, paths, superseding } = about;
  if (entry.kind !== "decision" || superseding?.has(entry.id) === true) return false;
  if (entry.source.kind === "change") return entry.source.ref === culprit.sha;
  if (entry.source.kind !== "conflict") return pathsInScope(paths, entry).length > 0;
  const settled = await run.ports.record.conflict(entry.source.ref);
  const kept = settled?.answer === undefined ? null : keptSide(settled.answer.answer);
  return settled !== null && kept !== null && settled.conflict[kept].sha === culprit.sha;
}

const giveUp = (reason: string, tried: string[]): MakerResult => ({
  kind: "gave-up",
  reason,
  tried: tried.filter((line) => line !== ""),
  isFailure: false,
});

const probeReport = (run: OpenRun, at: Sha, isFresh = false) =>
  reportAt(
    run.ports,
    { repository: run.repository.name, at, loop: run.loop, forRun: run.run.id, isFresh },
    run.signal,
  );

type Culprit =
  | { kind: "culprit"; culprit: CommitInfo; probes: number }
  | { kind: "none"; reason: string; probes: number };

/**
 * `commits` is newest first and fails at 0. Doubles its steps back to a commit where the test passes, then halves the way
 * between. Commits that cannot say are stepped over; when only such stand between pass and fail, the culprit is not known.
 */
async function findCulprit(run: OpenRun, commits: CommitInfo[]): Promise<Culprit> {
  const seen = new Map<number, ProbeResult>([[0, "fails"]]);
  const probe = async (index: number): Promise<ProbeResult> => {
    const known = seen.get(index);
    const commit = commits[index];
    if (known !== undefined || commit === undefined) return known ?? "unknown";
    await run.progress(
      "make",
      `bisect: asking ${commit.sha.slice(0, 8)}, commit ${seen.size} of about ${Math.ceil(Math.log2(commits.length)) * 2}`,
    );
    const checked = await probeReport(run, commit.sha);
    const result = checked.kind === "ran" ? probeOf(checked.report, run.finding.finding.test) : "unknown";
    seen.set(index, result);
    return result;
  };

  const green = await findGreen(commits.length, probe);
  if (green.kind === "never") {
    const first = commits[green.firstFailure];
    const since = first === undefined ? "" : ` It fails since ${first.sha.slice(0, 8)} "${first.subject}".`;
    const reason = `${subjectOf(run)} has never passed in ${commits.length === 1 ? "its one commit" : `${commits.length} commits`}, so there is nothing to go back to.${since}`;
    return { kind: "none", reason, probes: seen.size };
  }
  const culprit = await halve({ red: green.red, green: green.green }, probe);
  const commit = culprit.kind === "found" ? commits[culprit.index] : undefined;
  if (commit !== undefined) return { kind: "culprit", culprit: commit, probes: seen.size };
  const between = culprit.kind === "unknown" ? culprit.between : commits.length;
  const reason = `${subjectOf(run)} broke somewhere in ${between} commits at which the check command does not run.`;
  return { kind: "none", reason, probes: seen.size };
}

type Probe = (index: number) => Promise<ProbeResult>;

/** Doubling steps back. When the test is found absent first, its beginning is looked for: it may have passed in between. */
export async function findGreen(
  count: number,
  probe: Probe,
): Promise<{ kind: "green"; red: number; green: number } | { kind: "never"; firstFailure: number }> {
  let red = 0;
  let step = 1;
  while (red < count - 1) {
    const index = Math.min(red + step, count - 1);
    const result = await probe(index);
    if (result === "passes") return { kind: "green", red, green: index };
    if (result === "absent") return findBeginning(red, index, probe);
    if (result === "fails") red = index;
    else if (index === count - 1) break;
    step = result === "unknown" ? step + 1 : step * 2;
  }
  return { kind: "never", firstFailure: red };
}

async function findBeginning(redAt: number, absentAt: number, probe: Probe) {
  let red = redAt;
  let absent = absentAt;
  while (absent - red > 1) {
    const middle = Math.floor((red + absent) / 2);
    const result = await probe(middle);
    if (result === "passes") return { kind: "green" as const, red, green: middle };
    if (result === "fails") red = middle;
    else absent = middle;
  }
  return { kind: "never" as const, firstFailure: red };
}

/** Halves the way from the newest failure known to the passing commit; answers the first failing one. */
export async function halve(
  range: { red: number; green: number },
  probe: Probe,
): Promise<{ kind: "found"; index: number } | { kind: "unknown"; between: number }> {
  let { red, green } = range;
  while (green - red > 1) {
    const middle = await askNearMiddle(red, green, probe);
    if (middle === null) return { kind: "unknown", between: green - red };
    if (middle.result === "fails") red = middle.index;
    else green = middle.index;
  }
  return { kind: "found", index: red };
}

async function askNearMiddle(red: number, green: number, probe: Probe) {
  const middle = Math.floor((red + green) / 2);
  for (let away = 0; away < green - red; away += 1) {
    for (const index of away === 0 ? [middle] : [middle - away, middle + away]) {
      if (index <= red || index >= green) continue;
      const result = await probe(index);
      if (result === "passes" || result === "fails") return { index, result };
      // Absent between a pass and a fail: it was renamed or moved meanwhile; that commit cannot say.
    }
  }
  return null;
}
