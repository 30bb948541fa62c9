import {
  type KeyChange,
  keyChanges,
  manifestsOf,
  type VersionFight,
  versionFights,
  versionsReturned,
} from "../coordination/version.ts";
import type { Change, LandedChange } from "../domain/change.ts";
import type { Conflict, ConflictSide } from "../domain/conflict.ts";
import type { Sha } from "../domain/ids.ts";
import { defaultSeverity } from "../domain/severity.ts";
import { conflictId } from "../trace/fingerprint.ts";
import type { Found } from "./meet-conflicts.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";

/** Manifests are small; what is larger was made by a tool. */
const bytesMax = 512 * 1024;
const collidingMax = 50;
/** So many landed changes of the same manifests are read, newest first. */
const landedMax = 20;

/** Keys of manifests that this change and another set to different values, or that it sets back. */
export async function compareVersions(
  run: OpenRun,
  { change }: Merged,
  landed: LandedChange[],
): Promise<Found> {
  const manifests = manifestsOf(change);
  if (manifests.length === 0) return { conflicts: [], weaker: [] };
  const mine = await keysOf(run, manifests, change.base, change.head);
  const weaker = mine.unread.map((path) => `${path} does not parse, so its versions were not compared.`);
  if (mine.changes.length === 0) return { conflicts: [], weaker };
  return {
    conflicts: [
      ...(await withOpen(run, change, mine.changes)),
      ...(await withLanded(run, change, mine.changes, landed)),
    ],
    weaker,
  };
}

async function withOpen(run: OpenRun, change: Change, mine: KeyChange[]): Promise<Conflict[]> {
  const keys = [...new Set(mine.map(({ path }) => `path:${path}`))];
  const query = { repository: change.repository, keys, except: change.runId, limit: collidingMax };
  const { found } = await run.ports.record.colliding(query);
  const conflicts: Conflict[] = [];
  for (const { change: other } of found) {
    const theirs = await keysOf(run, manifestsOf(other), other.base, other.head);
    const side = { loop: other.loop, runId: other.runId, title: other.title, intent: other.intent.why };
    conflicts.push(...describe(change, side, versionFights(mine, theirs.changes, side)));
  }
  return conflicts;
}

async function withLanded(
  run: OpenRun,
  change: Change,
  mine: KeyChange[],
  landed: LandedChange[],
): Promise<Conflict[]> {
  const paths = new Set(mine.map(({ path }) => path));
  const near = landed.filter(
    (one) => one.runId !== change.runId && one.files.some((file) => paths.has(file.path)),
  );
  const read: { changes: KeyChange[]; side: ConflictSide }[] = [];
  for (const one of near.slice(0, landedMax)) {
    const before = await run.ports.code.resolve(change.repository, `${one.sha}^`);
    if (before === null) continue;
    const { changes } = await keysOf(
      run,
      [...paths].map((path) => ({ path, from: path })),
      before,
      one.sha,
    );
    const { loop, runId, sha, title, intent } = one;
    read.push({ changes, side: { loop, runId, sha, title, intent } });
  }
  return versionsReturned(mine, read).flatMap((fight) => describe(change, fight.side, [fight]));
}

async function keysOf(
  run: OpenRun,
  manifests: { path: string; from: string }[],
  base: Sha,
  head: Sha,
): Promise<{ changes: KeyChange[]; unread: string[] }> {
  const changes: KeyChange[] = [];
  const unread: string[] = [];
  const { code } = run.ports;
  for (const { path, from } of manifests) {
    const before = await code.read(run.repository.name, base, from, bytesMax);
    const after = await code.read(run.repository.name, head, path, bytesMax);
    const found = keyChanges({ path, before, after });
    if (found === null) unread.push(path);
    else changes.push(...found);
  }
  return { changes, unread };
}

/** Where both only raise a version the higher one serves both, and nobody needs to decide. */
function describe(change: Change, right: ConflictSide, fights: VersionFight[]): Conflict[] {
  if (fights.length === 0) return [];
  return [
    {
      id: conflictId("version", change.runId, right.sha ?? right.runId ?? ""),
      kind: "version",
      severity: fights.every((fight) => fight.isSettled) ? "inform" : defaultSeverity.version,
      left: { loop: change.loop, runId: change.runId, title: change.title, intent: change.intent.why },
      right,
      paths: [...new Set(fights.map(({ path }) => path))],
      evidence: fights.map(({ evidence }) => evidence),
    },
  ];
}
