import { sql } from "drizzle-orm";
import type { LoopName, RunId } from "../../domain/ids.ts";
import { jsonList } from "./columns.ts";
import { clock, type Database } from "./database.ts";
import { events, runs } from "./schema.ts";
import { claims } from "./schema-claims.ts";
import { holds } from "./schema-holds.ts";

/** What a parked run waits for is what its last refusal named. */
export async function unblockedRuns(
  db: Database,
  { except, limit }: { except: LoopName[]; limit: number },
): Promise<RunId[]> {
  const waiting = db
    .select({ id: runs.id })
    .from(runs)
    .innerJoinLateral(
      sql`(select event.body from ${events} event where event.run_id = ${runs.id} and event.type = 'claim.refused'
        order by event.seq desc limit 1) refused`,
      sql`true`,
    )
    .where(sql`${runs.status} = 'held' and ${runs.loop} <> all(${jsonList(except)})
      and not exists (select from ${holds} hold where hold.run_id = ${runs.id} and hold.state = 'waiting')
      and not exists (
        select from ${claims} claim
        where claim.key in (select jsonb_array_elements_text(refused.body::jsonb -> 'data' -> 'keys'))
          and claim.holder_id <> 'run:' || ${runs.id} and claim.expires_at > ${clock}
      )`)
    .orderBy(runs.startedAt, runs.id)
    .limit(limit);
  return (await waiting).map((row) => row.id);
}
