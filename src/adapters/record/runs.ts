import { and, asc, desc, eq, type InferSelectModel, ne, sql } from "drizzle-orm";
import type { FindingId, LoopName, RepositoryName, RunId } from "../../domain/ids.ts";
import type { Outcome, Run } from "../../domain/run.ts";
import { claimsOutlast, holdClaimsWhileParked, releaseRunClaims } from "./claims.ts";
import { clock, type Database, known } from "./database.ts";
import { runs, stages } from "./schema.ts";
import { settleSpending } from "./spendings.ts";
import { encodeValue } from "./stored-value.ts";

export type RunRow = InferSelectModel<typeof runs>;

export const runOf = (row: RunRow): Run => ({
  id: row.id,
  loop: row.loop,
  findingId: row.findingId,
  repository: row.repository,
  status: row.status,
  failures: row.failures,
  startedAt: row.startedAt,
  costUsd: row.costUsd,
  ...known({ endedAt: row.endedAt, outcome: row.outcome }),
});

export async function readRun(db: Database, id: RunId): Promise<Run | null> {
  const [row] = await db.select().from(runs).where(eq(runs.id, id));
  return row ? runOf(row) : null;
}

export async function liveRuns(db: Database, loop?: LoopName): Promise<Run[]> {
  const rows = await db
    .select()
    .from(runs)
    .where(and(ne(runs.status, "ended"), loop === undefined ? undefined : eq(runs.loop, loop)))
    .orderBy(asc(runs.startedAt), asc(runs.id));
  return rows.map(runOf);
}

/** False when a live run works on the same finding: the partial unique index decides. */
export async function openRun(
  tx: Database,
  run: Pick<Run, "id" | "loop" | "findingId" | "repository" | "startedAt">,
): Promise<boolean> {
  const { id, loop, findingId, repository, startedAt } = run;
  const opened = await tx
    .insert(runs)
    .values({ id, loop, findingId, repository, startedAt })
    .onConflictDoNothing({ target: runs.findingId, where: sql`status <> 'ended'` })
    .returning({ id: runs.id });
  return opened.length > 0;
}

const isLive = (id: RunId) => and(eq(runs.id, id), ne(runs.status, "ended"));
const nextVersion = sql`${runs.version} + 1`;

/** The version that a hint at this run carries; null when it has ended or is unknown. */
export async function bumpVersion(tx: Database, id: RunId): Promise<number | null> {
  const [row] = await tx
    .update(runs)
    .set({ version: nextVersion, movedAt: clock })
    .where(isLive(id))
    .returning({ version: runs.version });
  return row?.version ?? null;
}

/** As `bumpVersion`, and a held run is ready again; a running one will be when its worker parks it. */
export async function wakeRun(
  tx: Database,
  id: RunId,
): Promise<{ version: number; hasBegun: boolean } | null> {
  const [row] = await tx
    .update(runs)
    .set({
      status: sql`case when ${runs.status} = 'held' then 'ready' else ${runs.status} end`,
      isWoken: sql`${runs.status} = 'running'`,
      version: nextVersion,
      movedAt: clock,
    })
    .where(isLive(id))
    .returning({ version: runs.version, fence: runs.fence });
  return row === undefined ? null : { version: row.version, hasBegun: row.fence > 0 };
}

const givenBack = { worker: null, leaseUntil: null, isWoken: false, version: nextVersion, movedAt: clock };

/** The version to hint when the run was woken meanwhile, and so is ready again at once; null when it is held now. */
export async function parkRun(tx: Database, id: RunId): Promise<number | null> {
  const [row] = await tx
    .update(runs)
    .set({ ...givenBack, status: sql`case when ${runs.isWoken} then 'ready' else 'held' end` })
    .where(isLive(id))
    .returning({ version: runs.version, status: runs.status });
  if (!row) throw new Error(`parking run ${id}: it has ended, or was never opened`);
  await holdClaimsWhileParked(tx, id);
  return row.status === "ready" ? row.version : null;
}

export async function failRun(tx: Database, id: RunId): Promise<{ failures: number; version: number }> {
  const [row] = await tx
    .update(runs)
    .set({ ...givenBack, status: "ready", failures: sql`${runs.failures} + 1` })
    .where(isLive(id))
    .returning({ version: runs.version, failures: runs.failures });
  if (!row) throw new Error(`counting a failure of run ${id}: it has ended, or was never opened`);
  await claimsOutlast(tx, id, 0);
  return row;
}

export async function endRun(tx: Database, id: RunId, outcome: Outcome, at: Date): Promise<void> {
  const [row] = await tx
    .update(runs)
    .set({ ...givenBack, status: "ended", outcome, outcomeKind: outcome.kind, endedAt: at })
    .where(isLive(id))
    .returning({ costUsd: runs.costUsd });
  if (!row) throw new Error(`ending run ${id} as ${outcome.kind}: it has ended already, or was never opened`);
  await releaseRunClaims(tx, id);
  await settleSpending(tx, id, row.costUsd);
}

export async function readStages(db: Database, runId: RunId): Promise<Map<string, unknown>> {
  const rows = await db
    .select({ key: stages.key, result: stages.result })
    .from(stages)
    .where(eq(stages.runId, runId))
    .orderBy(asc(stages.position));
  return new Map(rows.map((row) => [row.key, row.result.kept]));
}

/** Looks through all stages: it is asked once for each deployment, which takes minutes anyway. */
export async function newestStage(
  db: Database,
  repository: RepositoryName,
  keyBegin: string,
): Promise<{ runId: RunId; kept: unknown } | null> {
  const [row] = await db
    .select({ runId: stages.runId, result: stages.result })
    .from(stages)
    .innerJoin(runs, eq(runs.id, stages.runId))
    .where(and(eq(runs.repository, repository), sql`starts_with(${stages.key}, ${keyBegin})`))
    .orderBy(desc(stages.position))
    .limit(1);
  return row ? { runId: row.runId, kept: row.result.kept } : null;
}

/** A stage is kept once: the same result again is harmless, another one is a bug. */
export async function keepStage(tx: Database, runId: RunId, key: string, kept: unknown): Promise<void> {
  const inserted = await tx
    .insert(stages)
    .values({ runId, key, result: { kept } })
    .onConflictDoNothing()
    .returning({ key: stages.key });
  if (inserted.length > 0) return;
  const [before] = await tx
    .select({ result: stages.result })
    .from(stages)
    .where(and(eq(stages.runId, runId), eq(stages.key, key)));
  if (encodeValue(before?.result) !== encodeValue({ kept }))
    throw new Error(
      `keeping stage ${key} of run ${runId}: another result is kept already; read the stages first`,
    );
}

export async function lastStage(db: Database, runIds: RunId[]): Promise<Map<RunId, string>> {
  if (runIds.length === 0) return new Map();
  const rows = await db
    .selectDistinctOn([stages.runId], { runId: stages.runId, key: stages.key })
    .from(stages)
    .where(sql`${stages.runId} in ${runIds}`)
    .orderBy(stages.runId, desc(stages.position));
  return new Map(rows.map((row) => [row.runId, row.key]));
}

/** What all runs on one finding came to. */
export async function findingTotals(
  db: Database,
  id: FindingId,
): Promise<{ runs: number; rejected: number; costUsd: number }> {
  const rows = await db
    .select({ outcomeKind: runs.outcomeKind, costUsd: runs.costUsd })
    .from(runs)
    .where(eq(runs.findingId, id));
  return {
    runs: rows.length,
    rejected: rows.filter((row) => row.outcomeKind === "rejected").length,
    costUsd: rows.reduce((sum, row) => sum + row.costUsd, 0),
  };
}
