import { and, desc, eq, inArray, isNotNull, ne, or, sql } from "drizzle-orm";
import { type Change, type ChangeState, changedPaths, type Landed } from "../../domain/change.ts";
import type { RepositoryName, RunId, Sha } from "../../domain/ids.ts";
import type { Indexed } from "../../ports/record-tx.ts";
import { closeIndexed, indexChange } from "./change-index.ts";
import { changeOf } from "./change-row.ts";
import { jsonList, keyText } from "./columns.ts";
import type { Database } from "./database.ts";
import { changePaths, changes } from "./schema.ts";

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

export async function putChange(tx: Database, change: Change, indexed?: Indexed): Promise<void> {
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
  await keepPaths(tx, change);
  await indexChange(tx, change, indexed);
  if (isOver(state)) await closeIndexed(tx, change.runId, state === "landed");
}

/** Where an open change is found by what it touches. */
async function keepPaths(tx: Database, { runId, repository, files, state }: Change): Promise<void> {
  await tx.delete(changePaths).where(eq(changePaths.runId, runId));
  if (isOver(state)) return;
  const paths = [...new Set(changedPaths(files).map(keyText))];
  await tx.execute(sql`insert into ${changePaths} (repository, path, run_id)
    select ${repository}, path, ${runId} from unnest(${jsonList(paths)}) as path`);
}

const isOver = (state: ChangeState): boolean => state === "landed" || state === "dropped";

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
  if (!isOver(state)) return;
  await tx.delete(changePaths).where(eq(changePaths.runId, runId));
  await closeIndexed(tx, runId, state === "landed");
}

const landedColumns = (landed: Landed | undefined) => ({
  landedSha: landed?.sha ?? null,
  landedAt: landed?.at ?? null,
  approvedBy: landed?.approvedBy ?? null,
});
