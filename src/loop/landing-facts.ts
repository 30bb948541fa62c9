import { changedPaths } from "../domain/change.ts";
import { holderId, holderName, pathKey } from "../domain/claim.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { PolicyFacts } from "../domain/policy-facts.ts";
import type { TestReport } from "../domain/test-report.ts";
import { changeFacts } from "../policy/change-facts.ts";
import { codeownersPaths } from "../policy/codeowners.ts";
import { languageOf } from "../policy/imports.ts";
import type { PolicySet } from "../policy/policy-set.ts";
import { isLayoutFile, layoutOf } from "../policy/resolve-import.ts";
import { holdDigest } from "../trace/fingerprint.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";
import { reportAt } from "./report-at.ts";
import { commonFacts, policiesOf } from "./rule.ts";

const fileBytesMax = 4 * 1024 * 1024;
const diffBytesMax = 8 * 1024 * 1024;
const layoutFilesMax = 30;
const landingsMax = 200;
const claimsMax = 200;
const dayMs = 24 * 60 * 60 * 1000;

/** The facts of landing (or proposing) this change now, without approvals: from git's objects and the record, fresh with every call. */
export async function landingFacts(
  run: OpenRun,
  merged: Merged,
  conflicts: Conflict[],
): Promise<Extract<PolicyFacts, { action: "land" | "propose" }>> {
  const { code } = run.ports;
  const name = run.repository.name;
  // What landing does to the target, not what the branch did to where it began.
  const effect = await code.facts(name, merged.target, merged.commit);
  const blobs = effect.files.flatMap((file) => [file.before, file.after].flatMap((sha) => sha ?? []));
  const [texts, diff, codeowners, layout, reports] = await Promise.all([
    code.readTexts(name, blobs, fileBytesMax),
    code.diff(name, merged.target, merged.commit, diffBytesMax),
    readCodeowners(run, merged),
    readLayout(run, merged, changedPaths(effect.files)),
    readReports(run, merged),
  ]);
  const { base, head } = merged.change;
  const change = await changeFacts({
    change: { ...effect, base, head, digest: holdDigest(merged.change.digest, merged.effect) },
    intent: merged.change.intent,
    ...{ texts, diff, codeowners, layout, conflicts },
    ...reports,
    ownerOf: (loop) => run.ports.definitions.loops().find((one) => one.name === loop)?.owner,
    organisation: run.ports.definitions.organisation(),
    claimedByOthers: await claimsOfOthers(run, changedPaths(effect.files)),
    recentLandings: await recentLandings(run, policiesOf(run.ports)),
  });
  return { ...(await commonFacts(run, [])), action: "land", change };
}

async function readCodeowners(run: OpenRun, { target }: Merged): Promise<string | null> {
  for (const path of codeownersPaths) {
    const text = await run.ports.code.read(run.repository.name, target, path, fileBytesMax);
    if (text !== null) return text;
  }
  return null;
}

/** Only a change in a language whose imports are read needs to know where names lead. */
async function readLayout(run: OpenRun, { commit }: Merged, changed: string[]) {
  if (changed.every((path) => languageOf(path) === undefined)) return layoutOf([], []);
  const { code } = run.ports;
  const paths = await code.list(run.repository.name, commit, "");
  const shortestFirst = paths.filter(isLayoutFile).sort((a, b) => a.length - b.length);
  const manifests = await Promise.all(
    shortestFirst.slice(0, layoutFilesMax).map(async (path) => ({
      path,
      text: (await code.read(run.repository.name, commit, path, fileBytesMax)) ?? "",
    })),
  );
  return layoutOf(paths, manifests);
}

/** Both were made when the change was checked, and are kept; without tests they say nothing. */
async function readReports(run: OpenRun, merged: Merged): Promise<{ before: TestReport; after: TestReport }> {
  const job = { repository: run.repository.name, loop: run.loop, forRun: run.run.id };
  const nothing: TestReport = { tests: [], exit: null, outputTail: "" };
  const before = await reportAt(run.ports, { ...job, at: merged.target }, run.signal);
  const after = await reportAt(run.ports, { ...job, at: merged.commit }, run.signal);
  return {
    before: before.kind === "ran" ? before.report : nothing,
    after: after.kind === "ran" ? after.report : nothing,
  };
}

async function claimsOfOthers(run: OpenRun, paths: string[]): Promise<string[]> {
  const keys = paths.map((path) => pathKey(run.repository.name, path));
  const claims = await run.ports.record.claims({ keys, limit: claimsMax });
  return claims
    .filter((claim) => holderId(claim.holder) !== holderId(run.holder))
    .map((claim) => `${claim.key.split(":").slice(2).join(":")} (${holderName(claim.holder)})`);
}

/** Landings of other loops within a day, by the zones that they touched. */
async function recentLandings(run: OpenRun, set: PolicySet): Promise<{ [zone: string]: number }> {
  const since = run.ports.now().getTime() - dayMs;
  const landed = await run.ports.record.landedChanges(run.repository.name, landingsMax);
  const counts = new Map<string, number>();
  for (const change of landed) {
    if (change.loop === run.run.loop || (change.landed?.at.getTime() ?? 0) < since) continue;
    for (const zone of new Set(changedPaths(change.files).flatMap((path) => set.zonesOf(path))))
      counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
