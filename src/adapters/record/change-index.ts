import { and, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import { type Change, changedPaths } from "../../domain/change.ts";
import type { ChangeRecord } from "../../domain/change-record.ts";
import type { RepositoryName, RunId } from "../../domain/ids.ts";
import type { Colliding, LandedRecord, RecordStore } from "../../ports/record.ts";
import type { Indexed } from "../../ports/record-tx.ts";
import { boundRecord } from "./bound-record.ts";
import { changeOf } from "./change-row.ts";
import { jsonList, keyText } from "./columns.ts";
import { type Database, rowsOf } from "./database.ts";
import { changes } from "./schema.ts";
import { changeKeys, changeRecords } from "./schema-changes.ts";
import { storableText } from "./stored-value.ts";

/** Keeps what an open change is found by. Without `indexed`, what an earlier call kept for the same head stays. */
export async function indexChange(tx: Database, change: Change, indexed?: Indexed): Promise<void> {
  const { runId, repository, head } = change;
  if (indexed === undefined) {
    const ofHead = and(eq(changeRecords.runId, runId), eq(changeRecords.head, head));
    const [kept] = await tx.select({ runId: changeRecords.runId }).from(changeRecords).where(ofHead);
    if (kept !== undefined) return;
    await tx.delete(changeRecords).where(eq(changeRecords.runId, runId));
    return keepKeys(tx, repository, runId, changedPaths(change.files).map(pathKey));
  }
  const row = { repository, head, record: boundRecord(indexed.record) };
  await tx
    .insert(changeRecords)
    .values({ runId, ...row })
    .onConflictDoUpdate({ target: changeRecords.runId, set: row });
  await keepKeys(tx, repository, runId, indexed.keys);
}

const pathKey = (path: string): string => `path:${path}`;

async function keepKeys(
  tx: Database,
  repository: RepositoryName,
  runId: RunId,
  keys: string[],
): Promise<void> {
  await dropKeys(tx, runId);
  const distinct = [...new Set(keys.map(keyText))];
  await tx.execute(sql`insert into ${changeKeys} (repository, key, run_id)
    select ${storableText(repository)}, key, ${runId} from unnest(${jsonList(distinct)}) as key`);
}

const dropKeys = (tx: Database, runId: RunId): Promise<unknown> =>
  tx.delete(changeKeys).where(eq(changeKeys.runId, runId));

/**
 * A change that is over is found no more. A landed one is counted, under a lock until the commit: who reads up to a number will not
 * miss a smaller one. Files that it moved are looked for under their new names by those who come.
 */
export async function closeIndexed(tx: Database, runId: RunId, isLanded: boolean): Promise<void> {
  await dropKeys(tx, runId);
  if (!isLanded) return;
  const [kept] = await tx.select().from(changeRecords).where(eq(changeRecords.runId, runId));
  if (kept === undefined || kept.landedSeq !== null) return;
  const lock = storableText(`landed ${kept.repository}`);
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`);
  await tx.execute(sql`update ${changeRecords} set landed_seq = (
    select coalesce(max(landed_seq), 0) + 1 from ${changeRecords} where repository = ${kept.repository} and landed_seq is not null
  ) where run_id = ${runId}`);
  const moved = kept.record.files.flatMap(({ from, path }) => (from === undefined ? [] : { from, to: path }));
  await followRenames(tx, kept.repository, moved);
}

export async function followRenames(
  tx: Database,
  repository: RepositoryName,
  moved: { from: string; to: string }[],
): Promise<void> {
  if (moved.length === 0) return;
  const from = jsonList(moved.map((one) => keyText(pathKey(one.from))));
  const to = jsonList(moved.map((one) => keyText(pathKey(one.to))));
  await tx.execute(sql`insert into ${changeKeys} (repository, key, run_id)
    select kept.repository, moved.new, kept.run_id from unnest(${from}, ${to}) as moved (old, new)
    join ${changeKeys} kept on kept.repository = ${storableText(repository)} and kept.key = moved.old
    on conflict do nothing`);
}

/** One look-up a key; then only what was found is read. */
export async function colliding(
  db: Database,
  query: Parameters<RecordStore["colliding"]>[0],
): Promise<{ found: Colliding[]; isCut: boolean }> {
  const { limit } = query;
  const shared = await rowsOf<{ run_id: RunId; keys: string }>(db, sharedKeys(query));
  const runIds = shared.slice(0, limit).map((row) => row.run_id);
  if (runIds.length === 0) return { found: [], isCut: false };
  const rows = await db
    .select({ change: changes, record: changeRecords.record })
    .from(changes)
    .leftJoin(changeRecords, eq(changeRecords.runId, changes.runId))
    .where(and(inArray(changes.runId, runIds), inArray(changes.state, ["proposed", "held"])))
    .orderBy(changes.runId);
  const keys = new Map(shared.map((row) => [row.run_id, JSON.parse(row.keys) as string[]]));
  return {
    found: rows.map(({ change, record }) => ({
      change: changeOf(change),
      record,
      shared: keys.get(change.runId) ?? [],
    })),
    isCut: shared.length > limit,
  };
}

const sharedKeys = ({ repository, keys, except, limit }: Parameters<RecordStore["colliding"]>[0]): SQL => sql`
  select kept.run_id, json_agg(kept.key order by kept.key)::text as keys
  from unnest(${jsonList([...new Set(keys.map(keyText))])}) as sought (key)
  join ${changeKeys} kept on kept.repository = ${storableText(repository)} and kept.key = sought.key
  join ${changes} change on change.run_id = kept.run_id and change.state in ('proposed', 'held')
  where kept.run_id <> ${storableText(except ?? "")}
  group by kept.run_id order by kept.run_id limit ${limit + 1}`;

export async function readRecords(db: Database, runIds: RunId[]): Promise<Map<RunId, ChangeRecord>> {
  if (runIds.length === 0) return new Map();
  const rows = await db
    .select({ runId: changeRecords.runId, record: changeRecords.record })
    .from(changeRecords)
    .where(inArray(changeRecords.runId, runIds));
  return new Map(rows.map(({ runId, record }) => [runId, record]));
}

export async function landedRecords(
  db: Database,
  repository: RepositoryName,
  afterSeq: number,
  limit: number,
): Promise<LandedRecord[]> {
  const rows = await db
    .select({ seq: changeRecords.landedSeq, change: changes, record: changeRecords.record })
    .from(changeRecords)
    .innerJoin(changes, eq(changes.runId, changeRecords.runId))
    .where(and(eq(changeRecords.repository, repository), gt(changeRecords.landedSeq, afterSeq)))
    .orderBy(changeRecords.landedSeq)
    .limit(limit);
  return rows.flatMap(({ seq, change, record }) =>
    seq === null ? [] : { seq, change: changeOf(change), record },
  );
}
