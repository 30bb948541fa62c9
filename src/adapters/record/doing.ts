import { and, asc, eq, inArray, ne } from "drizzle-orm";
import { changedPaths } from "../../domain/change.ts";
import { pathKey } from "../../domain/claim.ts";
import type { FindingId, LoopName, RepositoryName } from "../../domain/ids.ts";
import type { Doing } from "../../domain/memory.ts";
import { readClaims } from "./claims.ts";
import type { Database } from "./database.ts";
import { changes, findings, holds, runs } from "./schema.ts";

/** Live runs are bounded by the loops' own limits; so many are looked at. */
const liveMax = 2000;

interface Query {
  repository?: RepositoryName;
  path?: string;
  loops?: LoopName[];
  limit: number;
}

/** Live runs with their changes and questions in one statement, and the claims beside them. A path asks what touches it or lies in it. */
export async function doing(db: Database, query: Query): Promise<Omit<Doing, "about">> {
  const { repository, path, loops, limit } = query;
  const claims = await claimsFor(db, query);
  const rows = await db
    .select({ run: runs, title: findings.title, change: changes, hold: holds })
    .from(runs)
    .innerJoin(findings, eq(findings.id, runs.findingId))
    .leftJoin(changes, eq(changes.runId, runs.id))
    .leftJoin(holds, and(eq(holds.runId, runs.id), eq(holds.state, "waiting")))
    .where(
      and(
        ne(runs.status, "ended"),
        repository === undefined ? undefined : eq(runs.repository, repository),
        loops === undefined ? undefined : inArray(runs.loop, loops.length === 0 ? [""] : loops),
      ),
    )
    .orderBy(asc(runs.startedAt))
    .limit(liveMax);

  const holders = new Set(claims.flatMap((one) => (one.holder.kind === "run" ? [one.holder.runId] : [])));
  const about = rows.filter(({ run, change }) => {
    if (path === undefined || holders.has(run.id)) return true;
    return change !== null && changedPaths(change.change.files).some((one) => isWithin(one, path));
  });
  const shown = about.slice(0, limit);
  const mine = new Set(about.map(({ run }) => run.id));
  return {
    runs: shown.map(({ run, title }) => ({
      runId: run.id,
      loop: run.loop,
      owner: "",
      title,
      status: run.status,
      since: run.startedAt,
    })),
    claims: claims
      .filter((one) => loops === undefined || (one.holder.kind === "run" && mine.has(one.holder.runId)))
      .slice(0, limit),
    changes: shown.flatMap(({ run, change }) =>
      change === null
        ? []
        : [
            {
              runId: run.id,
              loop: run.loop,
              title: change.title,
              state: change.state,
              branch: change.change.branch,
              paths: changedPaths(change.change.files).slice(0, limit),
            },
          ],
    ),
    holds: shown.flatMap(({ run, title, change, hold }) =>
      hold === null
        ? []
        : [
            {
              holdId: hold.id,
              runId: run.id,
              loop: run.loop,
              title: change?.title ?? title,
              group: hold.group,
            },
          ],
    ),
  };
}

async function claimsFor(db: Database, { repository, path, limit }: Query) {
  if (path === undefined || repository === undefined) return readClaims(db, { limit: limit * 4 });
  const key = pathKey(repository, path);
  const below = path === "" || path.endsWith("/") ? key : `${key}/`;
  const [exactly, within] = [
    await readClaims(db, { keys: [key], limit }),
    await readClaims(db, { prefix: below, limit }),
  ];
  return [...exactly, ...within.filter((one) => one.key !== key)];
}

function isWithin(path: string, asked: string): boolean {
  return path === asked || path.startsWith(asked.endsWith("/") ? asked : `${asked}/`);
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
