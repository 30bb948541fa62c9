import { failedTests, type TestReport, testStatus } from "../domain/test-report.ts";
import type { Verdict } from "../domain/verdict.ts";
import { integrityProblems } from "../policy/test-integrity.ts";
import { type End, gaveUp } from "./end.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";
import { newlyFailing } from "./probe.ts";
import { reportAt } from "./report-at.ts";

const diffBytesMax = 2_000_000;

/**
 * The deterministic checker: the target with the change in it, in a fresh checkout, against the target without it. No test may
 * fail that did not fail before, the finding's own test must pass, and the tests must be as strong as they were.
 */
export async function check(
  run: OpenRun,
  merged: Merged,
): Promise<{ kind: "passed"; remarks: string[] } | End> {
  const key = `check:${merged.target.slice(0, 12)}:${merged.tree.slice(0, 12)}`;
  const verdict = await run.stage(
    "check",
    key,
    () => judge(run, merged),
    async (tx, kept) => {
      const lines = kept.kind === "pass" ? kept.remarks : kept.reasons;
      await tx.append(
        run.event("verdict.given", {
          verdict: kept.kind,
          lines,
          checker: run.loop.checker.kind,
          head: merged.change.head,
        }),
      );
      if (kept.kind === "pass" && merged.change.state === "draft")
        await tx.setChangeState(run.run.id, "proposed");
    },
  );
  if (verdict.kind === "pass") {
    run.mark("check", "done", verdict.remarks[0] ?? "");
    return { kind: "passed", remarks: verdict.remarks };
  }
  run.mark("check", "stopped", verdict.reasons[0] ?? "");
  return rejected(run, verdict.reasons);
}

/** A deterministic maker would make the same again; any other gets the reasons as a note, until its attempts are used up. */
function rejected(run: OpenRun, reasons: string[]): End {
  const isLast = run.loop.maker.kind === "bisect" || run.finding.attempts + 1 >= run.loop.limits.attemptsMax;
  const end = gaveUp(
    `The checker refused the change: ${reasons.join(" ")}`,
    [],
    run.loop.maker.kind !== "bisect",
  );
  return isLast || end.kind === "parked" ? end : { ...end, fate: "open", again: true };
}

async function judge(run: OpenRun, merged: Merged): Promise<Verdict> {
  const job = { repository: run.repository.name, loop: run.loop, forRun: run.run.id };
  const before = await reportAt(run.ports, { ...job, at: merged.target }, run.signal);
  const after = await reportAt(run.ports, { ...job, at: merged.commit }, run.signal);
  if (after.kind === "could-not-run")
    return { kind: "reject", reasons: [`The check command did not run: ${after.reason}`] };
  const base = before.kind === "ran" ? before.report : { tests: [], exit: null, outputTail: "" };

  const diff = await run.ports.code.diff(
    run.repository.name,
    merged.change.base,
    merged.change.head,
    diffBytesMax,
  );
  const reasons = [
    ...resultProblems(run, base, after.report),
    ...integrityProblems({
      before: base,
      after: after.report,
      diff: diff.text,
      intent: merged.change.intent,
    }),
    ...(diff.isCut ? ["The change is too big to be read for weakened tests."] : []),
  ];
  return reasons.length > 0
    ? { kind: "reject", reasons }
    : { kind: "pass", remarks: remarksOn(base, after.report) };
}

function resultProblems(run: OpenRun, before: TestReport, after: TestReport): string[] {
  const { test } = run.finding.finding;
  const broken = newlyFailing(before, after);
  const mine = test === undefined ? "passed" : testStatus(after, test);
  const isSilentlyRed = after.exit !== 0 && failedTests(after).length === 0;
  return [
    ...(mine === "passed" ? [] : [`"${test}" is still ${mine === "absent" ? "missing" : mine}.`]),
    ...(broken.length > 0 ? [`It breaks ${broken.slice(0, 5).join(", ")}.`] : []),
    ...(isSilentlyRed
      ? [`The check command ends with ${after.exit ?? "a signal"} although no test in its report fails.`]
      : []),
  ];
}

function remarksOn(before: TestReport, after: TestReport): string[] {
  const still = failedTests(after).length;
  const passed = after.tests.filter((one) => one.status === "passed").length;
  const fixed = failedTests(before).filter((one) => testStatus(after, one.id) === "passed");
  if (after.tests.length === 0) return ["The check command is green."];
  const others = still === 0 ? "" : `; ${still} failed before and still ${still === 1 ? "does" : "do"}`;
  return [
    `${passed} ${passed === 1 ? "test passes" : "tests pass"}, ${fixed.length} more than before${others}.`,
  ];
}
