import { and, desc, eq, type InferSelectModel, inArray, isNotNull, ne, or } from "drizzle-orm";
import type { Change, ChangeState, Landed } from "../../domain/change.ts";
import type { Conflict } from "../../domain/conflict.ts";
import type { RepositoryName, RunId, Sha } from "../../domain/ids.ts";
import type { Database } from "./database.ts";
import { changes, conflicts } from "./schema.ts";

export async function readChange(db: Database, runId: RunId): Promise<Change | null> {
  const [row] = await db.select().from(changes).where(eq(changes.runId, runId));
  return row ? changeOf(row) : null;
}

/** The change that this commit is the head of, or that it brought in. */
export async function changeBySha(db: Database, sha: Sha): Promise<Change | null> {
  const [row] = await db
    .select()
    .from(changes)
    .where(or(eq(changes.head, sha), eq(changes.landedSha, sha)))
    .limit(1);
  return row ? changeOf(row) : null;
}

export async function openChanges(
  db: Database,
  repository: RepositoryName,
  except?: RunId,
): Promise<Change[]> {
  const rows = await db
    .select()
    .from(changes)
    .where(
      and(
        eq(changes.repository, repository),
        inArray(changes.state, ["proposed", "held"]),
        except === undefined ? undefined : ne(changes.runId, except),
      ),
    )
    .orderBy(changes.runId);
  return rows.map(changeOf);
}

export async function landedChanges(
  db: Database,
  repository: RepositoryName,
  limit: number,
): Promise<Change[]> {
  const rows = await db
    .select()
    .from(changes)
    .where(and(eq(changes.repository, repository), isNotNull(changes.landedAt)))
    .orderBy(desc(changes.landedAt))
    .limit(limit);
  return rows.map(changeOf);
}

export async function putChange(tx: Database, change: Change): Promise<void> {
  const { state, landed, ...facts } = change;
  const row = {
    repository: change.repository,
    loop: change.loop,
    title: change.title,
    head: change.head,
    state,
    ...landedColumns(landed),
    change: facts,
  };
  await tx
    .insert(changes)
    .values({ runId: change.runId, ...row })
    .onConflictDoUpdate({ target: changes.runId, set: row });
}

export async function setChangeState(
  tx: Database,
  runId: RunId,
  state: ChangeState,
  landed?: Landed,
): Promise<void> {
  const set = await tx
    .update(changes)
    .set({ state, ...(landed === undefined ? {} : landedColumns(landed)) })
    .where(eq(changes.runId, runId))
    .returning({ runId: changes.runId });
  if (set.length === 0)
    throw new Error(`setting the change of run ${runId} to ${state}: it has none; put it first`);
}

export async function putConflict(tx: Database, conflict: Conflict, runId: RunId): Promise<boolean> {
  const inserted = await tx
    .insert(conflicts)
    .values({
      id: conflict.id,
      runId,
      leftRunId: conflict.left.runId ?? null,
      rightRunId: conflict.right.runId ?? null,
      conflict,
    })
    .onConflictDoNothing({ target: conflicts.id })
    .returning({ id: conflicts.id });
  return inserted.length > 0;
}

/** The conflicts that a run met, and those in which other runs met it. */
export async function conflictsOf(db: Database, runId: RunId, limit: number): Promise<Conflict[]> {
  const rows = await db
    .select({ conflict: conflicts.conflict })
    .from(conflicts)
    .where(or(eq(conflicts.runId, runId), eq(conflicts.leftRunId, runId), eq(conflicts.rightRunId, runId)))
    .orderBy(desc(conflicts.foundAt))
    .limit(limit);
  return rows.map((row) => row.conflict);
}

const landedColumns = (landed: Landed | undefined) => ({
  landedSha: landed?.sha ?? null,
  landedAt: landed?.at ?? null,
  approvedBy: landed?.approvedBy ?? null,
});

function changeOf(row: InferSelectModel<typeof changes>): Change {
  const change: Change = { ...row.change, state: row.state };
  if (row.landedSha === null || row.landedAt === null) return change;
  return { ...change, landed: { sha: row.landedSha, at: row.landedAt, approvedBy: row.approvedBy ?? [] } };
}
