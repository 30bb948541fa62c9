import { type SQL, sql } from "drizzle-orm";
import { holderId } from "../../domain/claim.ts";
import type { ClaimWish, RecordTx } from "../../ports/record-tx.ts";
import { type ClaimJson, claimOfJson, claimsLock, keptKey } from "./claims.ts";
import { jsonList } from "./columns.ts";
import { type Database, firstRow } from "./database.ts";
import { claimEpochs, claims, lapsedClaims } from "./schema-claims.ts";
import { encodeValue, storableText } from "./stored-value.ts";

/** Nobody claims for longer at once; a live run's heartbeat goes on extending. */
const ttlMsMax = 24 * 60 * 60 * 1000;
const namedMax = 10;
const nextEpoch = sql.raw(`nextval('${claimEpochs.schema}.${claimEpochs.seqName}')`);

/**
 * All keys or none. The epoch answered is the largest among them: a key that is lost and got again later has a larger one.
 * Throws when the lifetime is none, or longer than 24 hours.
 */
export async function claim(tx: Database, wish: ClaimWish): ReturnType<RecordTx["claim"]> {
  if (!(wish.ttlMs > 0 && wish.ttlMs <= ttlMsMax)) {
    throw new Error(
      `claiming ${wish.keys[0]}: ${wish.ttlMs} ms is no lifetime for a claim; at most ${ttlMsMax / 3_600_000} hours, renewed as you work`,
    );
  }
  await tx.execute(claimsLock);
  const { answer } = await firstRow<{ answer: string }>(tx, decision(wish));
  const { by, epoch } = JSON.parse(answer) as { by: ClaimJson[] | null; epoch: number | null };
  if (by !== null) return { kind: "taken", by: by.map(claimOfJson) };
  if (epoch === null) throw new Error("claiming nothing: name at least one key");
  return { kind: "held", epoch };
}

/**
 * The statement that decides. Its time is its own start, after the lock was got, so that all its parts agree on what has lapsed.
 *
 * Heartbeats and releases do not wait for the claims' lock. A lapsed claim is therefore out of the way only when this statement took
 * it away itself: one that its holder renews at the same moment stays, and is in the way.
 */
function decision({ keys, mode, holder, reason, ttlMs }: ClaimWish): SQL {
  const own = storableText(holderId(holder));
  const wanted = jsonList([...new Set(keys.map(keptKey))]);
  const at = sql`statement_timestamp()`;
  // The holder's own claim that has ended for good is not taken up again under its old epoch.
  const isOver = sql`(mine.expires_at <= ${at} and (mine.release_asked_by is not null or mine.holder_id like 'guest:%'))`;
  return sql`
    with wanted as materialized (
      select key from unnest(${wanted}) as key
    ), gone as (
      delete from ${claims} other using wanted
      where other.key = wanted.key and other.holder_id <> ${own} and other.expires_at <= ${at}
      returning other.*
    ), in_the_way as materialized (
      select other.* from wanted join ${claims} other on other.key = wanted.key
      where other.holder_id <> ${own} and (other.mode = 'exclusive' or ${mode} = 'exclusive')
        and not exists (select from gone where gone.key = other.key and gone.holder_id = other.holder_id)
      limit ${namedMax}
    ), over as (
      select mine.* from wanted join ${claims} mine on mine.key = wanted.key
      where mine.holder_id = ${own} and ${isOver} and not exists (select from in_the_way)
    ), told as (
      insert into ${lapsedClaims} select * from gone union all select * from over on conflict do nothing
    ), fresh as materialized (
      select ${nextEpoch} as epoch
    ), kept as (
      insert into ${claims} as mine (key, holder_id, holder, mode, reason, epoch, ttl_ms, since, expires_at)
      select wanted.key, ${own}, ${encodeValue(holder)}, ${mode}, ${storableText(reason)}, fresh.epoch, ${ttlMs}::bigint,
        ${at}, ${at} + ${ttlMs} * interval '1 millisecond'
      from wanted cross join fresh where not exists (select from in_the_way)
      on conflict (key, holder_id) do update set
        mode = excluded.mode, reason = excluded.reason, ttl_ms = excluded.ttl_ms,
        epoch = case when ${isOver} then excluded.epoch else mine.epoch end,
        since = case when ${isOver} then excluded.since else mine.since end,
        release_asked_by = case when ${isOver} then null else mine.release_asked_by end,
        expires_at = case
          when ${isOver} then excluded.expires_at
          when mine.release_asked_by is not null then mine.expires_at
          else greatest(mine.expires_at, excluded.expires_at) end
      returning mine.epoch
    )
    select json_build_object(
      'by', (select json_agg(in_the_way) from in_the_way),
      'epoch', (select max(kept.epoch) from kept)
    )::text as answer`;
}
