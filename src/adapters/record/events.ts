import { createHash } from "node:crypto";
import { and, asc, desc, eq, gt, type InferSelectModel, isNull, or, type SQL, sql } from "drizzle-orm";
import type { TraceEvent } from "../../domain/event.ts";
import type { FindingId, RunId } from "../../domain/ids.ts";
import type { Database } from "./database.ts";
import { events } from "./schema.ts";
import { decodeValue, encodeValue } from "./stored-value.ts";

type Row = InferSelectModel<typeof events>;

/** Taken last in every transaction that appends: whoever holds it commits before the next one reads the chain's end. */
const chainLock = 0x6c6f6f6d01;
const firstPrev = "0".repeat(64);
const pageRows = 1000;

/** Puts a transaction's events at the end of the chain, in their order and without a gap. */
export async function appendEvents(tx: Database, appended: TraceEvent[]): Promise<void> {
  if (appended.length === 0) return;
  await tx.execute(sql`select pg_advisory_xact_lock(${chainLock})`);
  const [last] = await tx
    .select({ seq: events.seq, hash: events.hash })
    .from(events)
    .orderBy(desc(events.seq))
    .limit(1);
  let seq = last?.seq ?? 0;
  let prev = last?.hash ?? firstPrev;
  const rows = appended.map((event) => {
    seq += 1;
    const body = encodeValue({ ...event, at: event.at.toISOString() });
    const row = { seq, ...columnsOf(event), body, prev, hash: chainHash(prev, seq, body) };
    prev = row.hash;
    return row;
  });
  await tx.insert(events).values(rows);
}

/** sha256(0x00 | prev | seq u64be | length u64be | body): over the exact bytes that are stored, never over a new serialisation. */
export function chainHash(prev: string, seq: number, body: string): string {
  const bytes = Buffer.from(body, "utf8");
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(BigInt(seq), 0);
  numbers.writeBigUInt64BE(BigInt(bytes.length), 8);
  const hash = createHash("sha256")
    .update(Buffer.from([0]))
    .update(Buffer.from(prev, "hex"));
  return hash.update(numbers).update(bytes).digest("hex");
}

/** Re-computes the chain, and that the columns by which events are found say the same as the bodies. */
export async function verifyChain(
  db: Database,
): Promise<{ kind: "whole"; events: number } | { kind: "broken"; brokenAt: number }> {
  let seq = 0;
  let prev = firstPrev;
  for (;;) {
    const page = await db
      .select()
      .from(events)
      .where(gt(events.seq, seq))
      .orderBy(asc(events.seq))
      .limit(pageRows);
    for (const row of page) {
      if (row.seq !== seq + 1 || row.prev !== prev || !isSound(row))
        return { kind: "broken", brokenAt: seq + 1 };
      seq = row.seq;
      prev = row.hash;
    }
    if (page.length < pageRows) return { kind: "whole", events: seq };
  }
}

export async function readEvents(
  db: Database,
  query: { runId?: RunId; afterSeq?: number; limit: number },
): Promise<(TraceEvent & { seq: number })[]> {
  const rows = await db
    .select()
    .from(events)
    .where(
      and(
        query.runId === undefined ? undefined : eq(events.runId, query.runId),
        query.afterSeq === undefined ? undefined : gt(events.seq, query.afterSeq),
      ),
    )
    .orderBy(asc(events.seq))
    .limit(query.limit);
  return rows.map((row) => ({ ...eventOf(row.body), seq: row.seq }));
}

/** The newest events of a run, and those of its finding that belong to no run, oldest first. */
export async function storyEvents(
  db: Database,
  of: { runId: RunId; findingId: FindingId },
  limit: number,
): Promise<TraceEvent[]> {
  const own: SQL | undefined = or(
    eq(events.runId, of.runId),
    and(eq(events.findingId, of.findingId), isNull(events.runId)),
  );
  const rows = await db.select().from(events).where(own).orderBy(desc(events.seq)).limit(limit);
  return rows.reverse().map((row) => eventOf(row.body));
}

const eventOf = (body: string): TraceEvent => {
  const event = decodeValue(body) as Omit<TraceEvent, "at"> & { at: string };
  return { ...event, at: new Date(event.at) };
};

const columnsOf = (event: TraceEvent) => ({
  at: event.at,
  type: event.type,
  loop: event.loop ?? null,
  runId: event.runId ?? null,
  findingId: event.findingId ?? null,
  repository: event.repository ?? null,
  by: event.by,
});

function isSound(row: Row): boolean {
  if (row.hash !== chainHash(row.prev, row.seq, row.body)) return false;
  const said = columnsOf(eventOf(row.body));
  const names = ["type", "loop", "runId", "findingId", "repository", "by"] as const;
  return row.at.getTime() === said.at.getTime() && names.every((name) => row[name] === said[name]);
}
