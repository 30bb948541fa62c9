import { dependencyConflicts } from "../coordination/dependency.ts";
import { touchKeys } from "../coordination/overlap.ts";
import { sameSymbols } from "../coordination/same-symbol.ts";
import { textualConflict } from "../coordination/textual.ts";
import type { Change } from "../domain/change.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { Conflict, ConflictSide } from "../domain/conflict.ts";
import { defaultSeverity } from "../domain/severity.ts";
import { conflictId } from "../trace/fingerprint.ts";
import { attemptComparing, together } from "./attempt-comparing.ts";
import { type InFlight, noteContracts } from "./contract-notes.ts";
import type { Found } from "./meet-conflicts.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";

/** So many open changes are compared by what they share, and so many others by the names they use; there are rarely so many. */
const collidingMax = 200;
const othersMax = 30;

/** Other runs' proposed and held changes: those that this one can collide with, by the index; and by name, a few more. */
export async function compareWithOpen(run: OpenRun, merged: Merged, record: ChangeRecord): Promise<Found> {
  let near: InFlight[] = [];
  const merges = await attemptComparing(run, "changes in flight, by merging", async () => {
    const { found, isCut } = await run.ports.record.colliding({
      repository: run.repository.name,
      keys: touchKeys(record).sought,
      except: run.run.id,
      limit: collidingMax,
    });
    near = await Promise.all(found.map((one) => withRecord(run, one)));
    const weaker = isCut
      ? [`More than ${collidingMax} open changes touch the same; not all were compared.`]
      : [];
    return { conflicts: await mergeConflicts(run, merged, near), weaker };
  });
  const clashing = new Set(merges.conflicts.flatMap((one) => one.right.runId ?? []));
  const clean = near.filter((one) => !clashing.has(one.change.runId));
  const mine = { change: merged.change, record };
  return together(
    merges,
    await attemptComparing(run, "changes in flight, by symbols", () => symbolConflicts(run, mine, clean)),
    await attemptComparing(run, "changes in flight, by what they use", () => usesConflicts(run, mine, clean)),
  );
}

async function withRecord(
  run: OpenRun,
  { change, record }: { change: Change; record: ChangeRecord | null },
): Promise<InFlight> {
  if (record !== null) return { change, record };
  const { code } = run.ports;
  return { change, record: await code.changeRecord(run.repository.name, change.base, change.head) };
}

/** In one batch. A change that does not merge into the target by itself is the target's conflict, not this change's. */
async function mergeConflicts(run: OpenRun, merged: Merged, others: InFlight[]): Promise<Conflict[]> {
  if (others.length === 0) return [];
  const previews = await run.ports.code.mergeAll(
    run.repository.name,
    others.flatMap(({ change }) => [
      { ours: merged.commit, theirs: change.head },
      { ours: merged.target, theirs: change.head },
    ]),
  );
  return others.flatMap((other, index) => {
    const both = previews[index * 2];
    const alone = previews[index * 2 + 1];
    if (both === undefined || alone?.kind !== "clean") return [];
    return textualConflict(merged.change, other.change, both) ?? [];
  });
}

/** Both change the same function, class or test, and git merges it. */
async function symbolConflicts(run: OpenRun, mine: InFlight, others: InFlight[]): Promise<Found> {
  const from = sourcesOf(run);
  const conflicts: Conflict[] = [];
  for (const other of others) {
    const same = await sameSymbols(mine.record, other.record, from);
    if (same.length === 0) continue;
    const paths = [...new Set(same.map((one) => one.path))];
    const evidence = same
      .slice(0, symbolsShown)
      .map(({ symbol, path }) => `Both change ${symbol} in ${path}; git merges it, so look at it as one.`);
    conflicts.push({ ...between("symbol", mine, other), paths, evidence });
  }
  return { conflicts, weaker: [] };
}

const symbolsShown = 5;

/** What the one removed, renamed or re-signed, the other newly uses: in whatever files, so others than near ones are asked, too. */
async function usesConflicts(run: OpenRun, mine: InFlight, near: InFlight[]): Promise<Found> {
  const known = new Set(near.map((one) => one.change.runId));
  const open = await run.ports.record.openChanges(run.repository.name, run.run.id);
  const far = open.filter((one) => !known.has(one.runId));
  const records = await run.ports.record.records(far.slice(0, othersMax).map((one) => one.runId));
  const others = [...near];
  for (const change of far.slice(0, othersMax))
    others.push(await withRecord(run, { change, record: records.get(change.runId) ?? null }));
  const weaker =
    far.length > othersMax
      ? [`${far.length - othersMax} open changes in other files were not compared by name.`]
      : [];
  const from = sourcesOf(run);
  const conflicts: Conflict[] = [];
  for (const other of others) {
    const found = await dependencyConflicts(sideOf(mine), sideOf(other), from);
    weaker.push(...found.weaker);
    if (found.clashes.length === 0) continue;
    const isSure = found.clashes.some((clash) => clash.how !== "weak");
    conflicts.push({
      ...between("dependency", mine, other),
      severity: isSure ? defaultSeverity.dependency : "warn",
      paths: [...new Set(found.clashes.flatMap((clash) => clash.paths))],
      evidence: found.clashes.map((clash) => clash.evidence),
    });
  }
  await noteContracts(run, mine, others);
  return { conflicts, weaker };
}

const sourcesOf = (run: OpenRun) => ({
  symbols: run.ports.symbols,
  sources: run.ports.code.sources(run.repository.name),
});

const sideOf = ({ change, record }: InFlight) => ({ record, called: `${change.loop} (${change.runId})` });

function between(
  kind: "symbol" | "dependency",
  mine: InFlight,
  other: InFlight,
): Omit<Conflict, "paths" | "evidence"> {
  return {
    id: conflictId(kind, mine.change.runId, other.change.runId),
    kind,
    severity: defaultSeverity[kind],
    left: inFlight(mine.change),
    right: inFlight(other.change),
  };
}

const inFlight = (change: Change): ConflictSide => ({
  loop: change.loop,
  runId: change.runId,
  title: change.title,
  intent: change.intent.why,
});
