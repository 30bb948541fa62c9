import { type SQL, sql } from "drizzle-orm";
import { pathKey } from "../../domain/claim.ts";
import type { LoopName, RepositoryName } from "../../domain/ids.ts";
import type { Doing } from "../../domain/memory.ts";
import { type ClaimJson, claimOfJson } from "./claims.ts";
import { jsonList } from "./columns.ts";
import { clock, type Database, firstRow } from "./database.ts";
import { changePaths, changes, findings, runs } from "./schema.ts";
import { claims } from "./schema-claims.ts";
import { holds } from "./schema-holds.ts";
import { storableText } from "./stored-value.ts";

interface Query {
  repository?: RepositoryName;
  path?: string;
  loops?: LoopName[];
  limit: number;
}

/** So many claims and changed paths under a folder are read, at most. */
const readMax = 2000;

type Answer = Pick<Doing, "changes" | "holds"> & {
  runs: (Omit<Doing["runs"][number], "owner" | "since"> & { since: string })[];
  claims: ClaimJson[];
};

/**
 * One statement, so that its parts tell of one moment: the oldest live runs with their open changes and waiting questions, and the
 * claims. A path asks for what touches it, or anything in it when it is a folder; each list has at most `limit` rows.
 */
export async function doing(db: Database, query: Query): Promise<Omit<Doing, "about">> {
  const { answer } = await firstRow<{ answer: string }>(db, statement(storable(query)));
  const told = JSON.parse(answer) as Answer;
  return {
    ...told,
    runs: told.runs.map((run) => ({ ...run, owner: "", since: new Date(run.since) })),
    claims: told.claims.map(claimOfJson),
  };
}

function storable({ repository, path, ...rest }: Query): Query {
  return {
    ...rest,
    ...(repository === undefined ? {} : { repository: storableText(repository) }),
    ...(path === undefined ? {} : { path: storableText(path) }),
  };
}

function statement(query: Query): SQL {
  const { repository, loops, limit } = query;
  const ofRepository = repository === undefined ? sql`true` : sql`run.repository = ${repository}`;
  const ofLoops = loops === undefined ? sql`true` : sql`run.loop = any(${jsonList(loops)})`;
  const { touching, touches, claimed } = scopeOf(query);
  return sql`
    with ${touching} live as materialized (
      select run.id, run.loop, run.status, run.started_at, (select title from ${findings} finding where finding.id = run.finding_id) as title
      from ${runs} run
      where run.status <> 'ended' and ${ofRepository} and ${ofLoops} and ${touches}
      order by run.started_at, run.id limit ${limit}
    ), claimed as materialized (
      select claim.* from ${claimed}
      order by claim.key, claim.holder_id limit ${limit}
    ), change as materialized (
      select live.started_at, change.run_id, change.loop, change.title, change.state, change.change::json ->> 'branch' as branch, (
        select coalesce(json_agg(one.path order by one.path), '[]') from (
          select touched.path from ${changePaths} touched where touched.run_id = change.run_id
          order by touched.path limit ${limit}
        ) one
      ) as paths
      from live join ${changes} change on change.run_id = live.id where change.state in ('proposed', 'held')
    )
    select json_build_object(
      'runs', (
        select coalesce(json_agg(json_build_object('runId', id, 'loop', loop, 'title', title, 'status', status, 'since', started_at)
          order by started_at, id), '[]') from live
      ),
      'claims', (select coalesce(json_agg(claimed order by claimed.key, claimed.holder_id), '[]') from claimed),
      'changes', (
        select coalesce(json_agg(json_build_object('runId', run_id, 'loop', loop, 'title', title, 'state', state, 'branch', branch,
          'paths', paths) order by started_at, run_id), '[]') from change
      ),
      'holds', (
        select coalesce(json_agg(json_build_object('holdId', hold.id, 'runId', live.id, 'loop', live.loop,
          'title', coalesce(change.title, live.title), 'group', hold.group) order by hold.asked_at, hold.id), '[]')
        from live join ${holds} hold on hold.run_id = live.id and hold.state = 'waiting'
        left join change on change.run_id = live.id
      )
    )::text as answer`;
}

/**
 * Which runs and which claims. Of a busy folder, which may have a claim for every file, not all are read: an answer shows a few of
 * them anyway, and must not take longer for it.
 */
function scopeOf({ repository, path, loops }: Query): { touching: SQL; touches: SQL; claimed: SQL } {
  const live = sql`${claims} claim where claim.expires_at > ${clock}`;
  if (repository === undefined || path === undefined) {
    const ofLive = sql`${live} and claim.holder_id = any(array(select 'run:' || live.id from live))`;
    const isAll = repository === undefined && loops === undefined;
    return { touching: sql``, touches: sql`true`, claimed: isAll ? live : ofLive };
  }
  const touching = sql`claim as materialized (
    select claim.* from ${live} and ${isAt(sql`claim.key`, pathKey(repository, path), path)} limit ${readMax}
  ), touching as materialized (
    select substr(holder_id, 5) as run_id from claim where holder_id like 'run:%'
    union
    select run_id from (
      select touched.run_id from ${changePaths} touched
      where touched.repository = ${repository} and ${isAt(sql`touched.path`, path, path)} limit ${readMax}
    ) one
  ),`;
  return { touching, touches: sql`run.id = any(array(select run_id from touching))`, claimed: sql`claim` };
}

/** That a text is this one, or in it as in a folder: a range in byte order, which has a few others in it (`a.ts` beside `a/b.ts`). */
function isAt(column: SQL, text: string, path: string): SQL {
  const below = path === "" || path.endsWith("/") ? text : `${text}/`;
  return sql`(${column} >= ${text} collate "C" and ${column} < ${`${below}\u{10ffff}`} collate "C"
    and (${column} = ${text} or left(${column}, length(${below})) = ${below}))`;
}
