import {
  and,
  asc,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  not,
  or,
  sql,
} from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { Message } from "../../domain/card.ts";
import type { UnsentMessage } from "../../ports/record.ts";
import { clock, type Database, inMs, known } from "./database.ts";
import { messages } from "./schema.ts";

/** True when there is something new to send: saying the same again changes nothing. */
export async function say(tx: Database, message: Message): Promise<boolean> {
  const { key, channel, card } = message;
  const set = { channel, threadOf: message.threadOf ?? null, card };
  const written = await tx
    .insert(messages)
    .values({ key, ...set })
    .onConflictDoUpdate({
      target: messages.key,
      set: {
        ...set,
        version: sql`${messages.version} + 1`,
        tries: sql`case when ${messages.givenUpAt} is null then ${messages.tries} else 0 end`,
        retryAt: sql`case when ${messages.givenUpAt} is null then ${messages.retryAt} end`,
        givenUpAt: null,
      },
      setWhere: sql`(${messages.channel}, ${messages.threadOf}, ${messages.card})
        is distinct from (excluded.channel, excluded.thread_of, excluded.card)`,
    })
    .returning({ key: messages.key });
  return written.length > 0;
}

const parents = alias(messages, "parent");
const earlier = alias(messages, "earlier");
const earlierParents = alias(messages, "earlier_parent");
const passed = (moment: typeof messages.takenUntil) => or(isNull(moment), lte(moment, clock));

/**
 * Takes what can be sent, in the order in which it was first written. A channel's first posts go one after the other: the
 * next one is not taken before the one before it is posted or given up. An answer in a thread waits for what it answers.
 * Updates of posted messages wait for nobody.
 */
export async function takeUnsentMessages(
  db: Database,
  limit: number,
  leaseMs: number,
): Promise<UnsentMessage[]> {
  const sendable = db.$with("sendable").as(sendableKeys(db, limit));
  const rows = await db
    .with(sendable)
    .update(messages)
    .set({ takenUntil: inMs(leaseMs) })
    .where(inArray(messages.key, db.select({ key: sendable.key }).from(sendable)))
    .returning();
  rows.sort((left, right) => left.position - right.position);
  const threads = await threadsOf(
    db,
    rows.flatMap((row) => row.threadOf ?? []),
  );
  return rows.map((row) => ({
    message: { key: row.key, channel: row.channel, card: row.card, ...known({ threadOf: row.threadOf }) },
    version: row.version,
    wasPosting: row.isPosting && row.ts === null,
    tries: row.tries,
    ...known({
      threadTs: row.threadOf === null ? null : threads.get(row.threadOf),
      posted:
        row.ts === null || row.postedChannel === null ? null : { channel: row.postedChannel, ts: row.ts },
    }),
  }));
}

function sendableKeys(db: Database, limit: number) {
  const unposted = (message: typeof parents | typeof earlier | typeof earlierParents) =>
    and(isNull(message.ts), isNull(message.givenUpAt));
  const waitsForParent = exists(
    db
      .select({ one: sql`1` })
      .from(parents)
      .where(and(eq(parents.key, messages.threadOf), unposted(parents))),
  );
  const earlierWaits = exists(
    db
      .select({ one: sql`1` })
      .from(earlierParents)
      .where(and(eq(earlierParents.key, earlier.threadOf), unposted(earlierParents))),
  );
  const isBehind = exists(
    db
      .select({ one: sql`1` })
      .from(earlier)
      .where(
        and(
          gt(earlier.version, earlier.sentVersion),
          eq(earlier.channel, messages.channel),
          lt(earlier.position, messages.position),
          unposted(earlier),
          not(earlierWaits),
        ),
      ),
  );
  return db
    .select({ key: messages.key })
    .from(messages)
    .where(
      and(
        gt(messages.version, messages.sentVersion),
        isNull(messages.givenUpAt),
        passed(messages.takenUntil),
        passed(messages.retryAt),
        or(isNotNull(messages.ts), and(not(waitsForParent), not(isBehind))),
      ),
    )
    .orderBy(asc(messages.position))
    .limit(limit)
    .for("update", { skipLocked: true });
}

async function threadsOf(db: Database, keys: string[]): Promise<Map<string, string | null>> {
  if (keys.length === 0) return new Map();
  const rows = await db
    .select({ key: messages.key, ts: messages.ts })
    .from(messages)
    .where(inArray(messages.key, keys));
  return new Map(rows.map((row) => [row.key, row.ts]));
}

export async function markPosting(db: Database, key: string): Promise<void> {
  await db.update(messages).set({ isPosting: true }).where(eq(messages.key, key));
}

/** A version that was written while this one was on its way stays unsent. */
export async function markMessageSent(
  db: Database,
  key: string,
  version: number,
  sent: { channel: string; ts: string },
): Promise<void> {
  await db
    .update(messages)
    .set({
      sentVersion: sql`greatest(${messages.sentVersion}, ${version}::integer)`,
      ts: sent.ts,
      postedChannel: sent.channel,
      isPosting: false,
      takenUntil: null,
      retryAt: null,
      tries: 0,
      error: null,
      givenUpAt: null,
    })
    .where(eq(messages.key, key));
}

/** A post that had begun stays marked as begun: its failure may only have been that its end was not heard. */
export async function markMessageFailed(
  db: Database,
  key: string,
  failed: { error: string; retryAt: Date; triesMax: number },
): Promise<void> {
  await db
    .update(messages)
    .set({
      takenUntil: null,
      retryAt: failed.retryAt,
      error: failed.error.slice(0, 500),
      tries: sql`${messages.tries} + 1`,
      givenUpAt: sql`case when ${messages.tries} + 1 >= ${failed.triesMax}::integer then ${clock} end`,
    })
    .where(eq(messages.key, key));
}

/** Sentences about messages that were given up in the last week. */
export async function messageProblems(db: Database): Promise<string[]> {
  const rows = await db
    .select()
    .from(messages)
    .where(
      and(isNotNull(messages.givenUpAt), gte(messages.givenUpAt, sql`clock_timestamp() - interval '7 days'`)),
    )
    .orderBy(asc(messages.position))
    .limit(20);
  return rows.map(
    (row) =>
      `message ${row.key} to #${row.channel}: given up after ${row.tries} tries (${row.error}); ` +
      "check that the channel exists and that the bot is in it; the next change of the message is sent again",
  );
}
