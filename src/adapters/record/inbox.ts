import { and, asc, eq, type InferSelectModel, isNull, sql } from "drizzle-orm";
import type { FindingId } from "../../domain/ids.ts";
import type { InboxItem } from "../../domain/inbox.ts";
import { type Database, known } from "./database.ts";
import { inboxItems } from "./schema.ts";

const itemsMax = 100;

/** The open items, those that wait longest first. */
export async function readInbox(db: Database): Promise<InboxItem[]> {
  const rows = await db
    .select()
    .from(inboxItems)
    .where(isNull(inboxItems.settled))
    .orderBy(asc(inboxItems.since), asc(inboxItems.id))
    .limit(itemsMax);
  return rows.map(itemOf);
}

/** One open item a finding: a second one brings it up to date, and it keeps waiting since the first. */
export async function putInbox(tx: Database, put: InboxItem): Promise<void> {
  const { settled, since, ...item } = put;
  await tx
    .insert(inboxItems)
    .values({ findingId: put.findingId, item, since, settled: settled ?? null })
    .onConflictDoUpdate({ target: inboxItems.findingId, targetWhere: sql`settled is null`, set: { item } });
}

export async function settleInbox(
  tx: Database,
  id: FindingId,
  settled: NonNullable<InboxItem["settled"]>,
): Promise<boolean> {
  const done = await tx
    .update(inboxItems)
    .set({ settled })
    .where(and(eq(inboxItems.findingId, id), isNull(inboxItems.settled)))
    .returning({ id: inboxItems.id });
  return done.length > 0;
}

const itemOf = (row: InferSelectModel<typeof inboxItems>): InboxItem => ({
  ...row.item,
  since: row.since,
  ...known({ settled: row.settled }),
});
