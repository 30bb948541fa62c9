import { and, asc, count, desc, eq, gte, lt, ne, type SQL, sql } from "drizzle-orm";
import type { Overview, RunStory } from "../../domain/answer.ts";
import type { Conflict } from "../../domain/conflict.ts";
import type { RunId } from "../../domain/ids.ts";
import type { RecordStore } from "../../ports/record.ts";
import { readChange } from "./changes.ts";
import { claimsByHolder } from "./claims.ts";
import { conflictsOf, conflictsOfLiveRuns } from "./conflicts.ts";
import type { Database } from "./database.ts";
import { storyEvents } from "./events.ts";
import { readFinding } from "./findings.ts";
import { readFreezes } from "./freezes.ts";
import { readHolds, withApprovals } from "./holds.ts";
import { readInbox } from "./inbox.ts";
import { loopStates, readHouse } from "./loops.ts";
import { messageProblems } from "./messages.ts";
import { lastStage, readRun, runOf } from "./runs.ts";
import { changes, conflicts, findings, runs } from "./schema.ts";
import { holds } from "./schema-holds.ts";

/** Longer lists would not be read, and would make one look at everything slow. */
const listMax = 100;
const storyEventsMax = 500;

export async function story(db: Database, runId: RunId): Promise<RunStory | null> {
  const run = await readRun(db, runId);
  const finding = run && (await readFinding(db, run.findingId));
  if (!run || !finding) return null;
  const change = await readChange(db, runId);
  return {
    run,
    finding,
    conflicts: await conflictsOf(db, runId, listMax),
    holds: await readHolds(db, runId),
    events: await storyEvents(db, { runId, findingId: run.findingId }, storyEventsMax),
    ...(change ? { change } : {}),
  };
}

export async function overview(db: Database, since: Date): ReturnType<RecordStore["overview"]> {
  const { stop } = await readHouse(db);
  return {
    stop,
    freezes: await readFreezes(db),
    states: await loopStates(db),
    running: await running(db),
    claims: await claimsByHolder(db, listMax),
    held: await held(db),
    conflicts: await conflictsOfLiveRuns(db, listMax),
    landedToday: await landed(db, gte(changes.landedAt, since)),
    inbox: await readInbox(db),
    problems: await messageProblems(db),
  };
}

export async function digest(db: Database, since: Date, until: Date): ReturnType<RecordStore["digest"]> {
  const during = (column: typeof runs.endedAt | typeof changes.landedAt | typeof findings.firstSeenAt) =>
    and(gte(column, since), lt(column, until));
  const [found] = await db.select({ number: count() }).from(findings).where(during(findings.firstSeenAt));
  const isDeployed = sql`${runs.outcome} like '%"deployment":{"kind":"deployed",%'`;
  const [deployed] = await db
    .select({ number: count() })
    .from(runs)
    .where(and(eq(runs.outcomeKind, "landed"), during(runs.endedAt), isDeployed));
  const ended = await db
    .select({ title: findings.title, loop: runs.loop, outcome: runs.outcome })
    .from(runs)
    .innerJoin(findings, eq(findings.id, runs.findingId))
    .where(and(eq(runs.outcomeKind, "gave-up"), during(runs.endedAt)))
    .orderBy(asc(runs.endedAt))
    .limit(listMax);
  const rejected = await db
    .select({ title: findings.title, loop: runs.loop, outcome: runs.outcome })
    .from(runs)
    .innerJoin(findings, eq(findings.id, runs.findingId))
    .where(and(eq(runs.outcomeKind, "rejected"), during(runs.endedAt)))
    .orderBy(asc(runs.endedAt))
    .limit(listMax);
  const { stop } = await readHouse(db);
  return {
    since,
    until,
    stop,
    freezes: await readFreezes(db),
    held: await held(db),
    inbox: await readInbox(db),
    landed: await landed(db, during(changes.landedAt)),
    gaveUp: ended.flatMap(({ title, loop, outcome }) =>
      outcome?.kind === "gave-up" ? [{ title, loop, reason: outcome.reason }] : [],
    ),
    rejected: rejected.flatMap(({ title, loop, outcome }) =>
      outcome?.kind === "rejected" ? [{ title, loop, by: outcome.by, note: outcome.note }] : [],
    ),
    conflicts: await conflictsFound(db, and(gte(conflicts.foundAt, since), lt(conflicts.foundAt, until))),
    found: found?.number ?? 0,
    deployed: deployed?.number ?? 0,
  };
}

/** Runs that are worked on or will be; `step` is the key of the last stage that is kept, `claim` before the first. */
async function running(db: Database): Promise<Overview["running"]> {
  const rows = await db
    .select({ run: runs, title: findings.title })
    .from(runs)
    .innerJoin(findings, eq(findings.id, runs.findingId))
    .where(and(ne(runs.status, "ended"), ne(runs.status, "held")))
    .orderBy(asc(runs.startedAt))
    .limit(listMax);
  const steps = await lastStage(
    db,
    rows.map((row) => row.run.id),
  );
  return rows.map(({ run, title }) => ({ run: runOf(run), title, step: steps.get(run.id) ?? "claim" }));
}

async function held(db: Database): Promise<Overview["held"]> {
  const rows = await db
    .select({ hold: holds, loop: runs.loop, title: findings.title, changeTitle: changes.title })
    .from(holds)
    .innerJoin(runs, eq(runs.id, holds.runId))
    .innerJoin(findings, eq(findings.id, runs.findingId))
    .leftJoin(changes, eq(changes.runId, holds.runId))
    .where(eq(holds.state, "waiting"))
    .orderBy(asc(holds.expiresAt))
    .limit(listMax);
  const answered = await withApprovals(
    db,
    rows.map((row) => row.hold),
  );
  return rows.flatMap(({ loop, title, changeTitle }, index) => {
    const hold = answered[index];
    return hold === undefined ? [] : { hold, loop, title: changeTitle ?? title };
  });
}

async function landed(db: Database, when: SQL | undefined): Promise<Overview["landedToday"]> {
  const rows = await db.select().from(changes).where(when).orderBy(desc(changes.landedAt)).limit(listMax);
  return rows.flatMap(({ landedSha, landedAt, title, loop, runId, approvedBy }) =>
    landedSha === null || landedAt === null
      ? []
      : [{ sha: landedSha, title, loop, runId, approvedBy: approvedBy ?? [], at: landedAt }],
  );
}

async function conflictsFound(db: Database, when: SQL | undefined): Promise<Conflict[]> {
  const rows = await db
    .select({ conflict: conflicts.conflict })
    .from(conflicts)
    .where(when)
    .orderBy(asc(conflicts.foundAt))
    .limit(listMax);
  return rows.map((row) => row.conflict);
}
