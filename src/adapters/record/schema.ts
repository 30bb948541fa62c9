import { sql } from "drizzle-orm";
import { bigint, boolean, index, integer, pgSchema, primaryKey, uniqueIndex } from "drizzle-orm/pg-core";
import type { Card } from "../../domain/card.ts";
import type { Change, ChangeState } from "../../domain/change.ts";
import type { Conflict, ConflictState, Settlement } from "../../domain/conflict.ts";
import type { Fate, Finding, FindingNote, SourceKind } from "../../domain/finding.ts";
import type { PersonId } from "../../domain/ids.ts";
import type { InboxItem } from "../../domain/inbox.ts";
import type { LoopSwitch } from "../../domain/loop.ts";
import type { Outcome, RunStatus } from "../../domain/run.ts";
import type { TestReport } from "../../domain/test-report.ts";
import type { Hint } from "../../ports/record-tx.ts";
import { dollars, moment, plainText, value, word } from "./columns.ts";

/** Always qualified: the queue's tables may live in the same database, under names of their own and another search path. */
export const loom = pgSchema("loom");

const serial = (name: string) => bigint(name, { mode: "number" }).generatedByDefaultAsIdentity();

export const findings = loom.table(
  "finding",
  {
    id: plainText("id").primaryKey(),
    loop: plainText("loop").notNull(),
    repository: plainText("repository").notNull(),
    source: word<SourceKind>("source").notNull(),
    title: plainText("title").notNull(),
    fate: word<Fate>("fate").notNull().default("open"),
    attempts: integer("attempts").notNull().default(0),
    runId: plainText("run_id"),
    finding: value<Finding>("finding").notNull(),
    notes: value<FindingNote[]>("notes").notNull(),
    firstSeenAt: moment("first_seen_at").notNull(),
    lastSeenAt: moment("last_seen_at").notNull(),
  },
  (t) => [
    index("finding_by_fate").on(t.loop, t.repository, t.fate, t.firstSeenAt),
    index("finding_first_seen").on(t.firstSeenAt),
  ],
);

export const runs = loom.table(
  "run",
  {
    id: plainText("id").primaryKey(),
    loop: plainText("loop").notNull(),
    findingId: plainText("finding_id")
      .notNull()
      .references(() => findings.id),
    repository: plainText("repository").notNull(),
    status: word<RunStatus>("status").notNull().default("ready"),
    version: integer("version").notNull().default(1),
    fence: bigint("fence", { mode: "number" }).notNull().default(0),
    worker: plainText("worker"),
    leaseUntil: moment("lease_until"),
    /** Woken while a worker had it: what woke it may have come after the worker looked, so parking goes straight back to ready. */
    isWoken: boolean("is_woken").notNull().default(false),
    failures: integer("failures").notNull().default(0),
    costUsd: dollars("cost_usd").notNull().default(0),
    outcome: value<Outcome>("outcome"),
    outcomeKind: word<Outcome["kind"]>("outcome_kind"),
    startedAt: moment("started_at").notNull(),
    endedAt: moment("ended_at"),
    /** Moved by the database's clock whenever the run's status or version does. */
    movedAt: moment("moved_at").notNull().default(sql`clock_timestamp()`),
  },
  (t) => [
    uniqueIndex("run_one_live_a_finding").on(t.findingId).where(sql`status <> 'ended'`),
    index("run_by_finding").on(t.findingId),
    index("run_live").on(t.startedAt).where(sql`status <> 'ended'`),
    index("run_ended").on(t.outcomeKind, t.endedAt),
  ],
);

export const stages = loom.table(
  "stage",
  {
    runId: plainText("run_id")
      .notNull()
      .references(() => runs.id),
    key: plainText("key").notNull(),
    position: serial("position"),
    /** Wrapped, so that a stage may keep null or nothing. */
    result: value<{ kept?: unknown }>("result").notNull(),
    keptAt: moment("kept_at").notNull().default(sql`clock_timestamp()`),
  },
  (t) => [primaryKey({ columns: [t.runId, t.key] })],
);

/** What a run may cost and did, counted against the loop's day (UTC) in which it was reserved. */
export const spendings = loom.table(
  "spend",
  {
    runId: plainText("run_id").primaryKey(),
    loop: plainText("loop").notNull(),
    day: plainText("day").notNull(),
    reservedUsd: dollars("reserved_usd").notNull(),
    spentUsd: dollars("spent_usd").notNull().default(0),
  },
  (t) => [index("spend_by_day").on(t.loop, t.day)],
);

export const changes = loom.table(
  "change",
  {
    runId: plainText("run_id")
      .primaryKey()
      .references(() => runs.id),
    repository: plainText("repository").notNull(),
    loop: plainText("loop").notNull(),
    title: plainText("title").notNull(),
    head: plainText("head").notNull(),
    state: word<ChangeState>("state").notNull(),
    landedSha: plainText("landed_sha"),
    landedAt: moment("landed_at"),
    approvedBy: value<PersonId[]>("approved_by"),
    change: value<Omit<Change, "state" | "landed">>("change").notNull(),
  },
  (t) => [
    index("change_open").on(t.repository).where(sql`state in ('proposed', 'held')`),
    index("change_by_head").on(t.head),
    index("change_by_landed_sha").on(t.landedSha),
    index("change_landed").on(t.landedAt).where(sql`landed_at is not null`),
  ],
);

/** What an open change touches, old names of renamed files too: "who is in this folder" is a range of the primary key. */
export const changePaths = loom.table(
  "change_path",
  {
    repository: plainText("repository").notNull(),
    path: plainText("path").notNull(),
    runId: plainText("run_id")
      .notNull()
      .references(() => changes.runId),
  },
  (t) => [
    primaryKey({ columns: [t.repository, t.path, t.runId] }),
    index("change_path_by_run").on(t.runId, t.path),
  ],
);

/** `run_id` is the run that met it last; `conflict_run` has all that ever did. */
export const conflicts = loom.table(
  "conflict",
  {
    id: plainText("id").primaryKey(),
    runId: plainText("run_id")
      .notNull()
      .references(() => runs.id),
    conflict: value<Conflict>("conflict").notNull(),
    foundAt: moment("found_at").notNull().default(sql`clock_timestamp()`),
    state: word<ConflictState["state"]>("state").notNull().default("open"),
    steps: value<ConflictState["steps"]>("steps").notNull().default(sql`'[]'`),
    answer: value<Settlement>("answer"),
  },
  (t) => [
    index("conflict_by_run").on(t.runId),
    index("conflict_found").on(t.foundAt),
    index("conflict_open").on(t.foundAt).where(sql`state = 'open'`),
  ],
);

/** The runs on both sides of a conflict, of this record or not. */
export const conflictRuns = loom.table(
  "conflict_run",
  {
    conflictId: plainText("conflict_id")
      .notNull()
      .references(() => conflicts.id),
    runId: plainText("run_id").notNull(),
  },
  (t) => [primaryKey({ columns: [t.conflictId, t.runId] }), index("conflict_run_by_run").on(t.runId)],
);

export const inboxItems = loom.table(
  "inbox_item",
  {
    id: serial("id").primaryKey(),
    findingId: plainText("finding_id")
      .notNull()
      .references(() => findings.id),
    item: value<Omit<InboxItem, "settled" | "since">>("item").notNull(),
    since: moment("since").notNull(),
    settled: value<NonNullable<InboxItem["settled"]>>("settled"),
  },
  (t) => [uniqueIndex("inbox_one_open_a_finding").on(t.findingId).where(sql`settled is null`)],
);

export const loops = loom.table("loop", {
  loop: plainText("loop").primaryKey(),
  switch: word<LoopSwitch>("switch").notNull().default("stopped"),
  by: plainText("by"),
  why: plainText("why"),
  failuresInRow: integer("failures_in_row").notNull().default(0),
  lastTickAt: moment("last_tick_at"),
  lastTickCommit: plainText("last_tick_commit"),
});

/** One row of facts about the whole installation. */
export const house = loom.table("house", {
  id: integer("id").primaryKey().default(1),
  pausedBy: plainText("paused_by"),
  pausedWhy: plainText("paused_why"),
  digestSentAt: moment("digest_sent_at"),
});

/** `body` is the exact text that was hashed and the only truth; the other columns find it, and are checked against it. */
export const events = loom.table(
  "event",
  {
    seq: bigint("seq", { mode: "number" }).primaryKey(),
    at: moment("at").notNull(),
    type: plainText("type").notNull(),
    loop: plainText("loop"),
    runId: plainText("run_id"),
    findingId: plainText("finding_id"),
    repository: plainText("repository"),
    by: plainText("by").notNull(),
    body: plainText("body").notNull(),
    prev: plainText("prev").notNull(),
    hash: plainText("hash").notNull(),
  },
  (t) => [index("event_by_run").on(t.runId, t.seq), index("event_by_finding").on(t.findingId, t.seq)],
);

/** Only what is not sent yet. One row a `topic`: a second hint at the same thing takes the first one's place. */
export const outbox = loom.table(
  "outbox",
  {
    id: serial("id"),
    topic: plainText("topic").primaryKey(),
    hint: value<Hint>("hint").notNull(),
    version: integer("version"),
    dueAt: moment("due_at").notNull(),
  },
  (t) => [uniqueIndex("outbox_by_id").on(t.id)],
);

export const messages = loom.table(
  "message",
  {
    key: plainText("key").primaryKey(),
    /** The order in which messages were first written. */
    position: serial("position"),
    channel: plainText("channel").notNull(),
    threadOf: plainText("thread_of"),
    card: value<Card>("card").notNull(),
    version: integer("version").notNull().default(1),
    sentVersion: integer("sent_version").notNull().default(0),
    ts: plainText("ts"),
    postedChannel: plainText("posted_channel"),
    isPosting: boolean("is_posting").notNull().default(false),
    takenUntil: moment("taken_until"),
    tries: integer("tries").notNull().default(0),
    retryAt: moment("retry_at"),
    error: plainText("error"),
    givenUpAt: moment("given_up_at"),
  },
  (t) => [
    index("message_unsent").on(t.position).where(sql`version > sent_version`),
    index("message_given_up").on(t.givenUpAt).where(sql`given_up_at is not null`),
  ],
);

export const reports = loom.table(
  "report",
  {
    commit: plainText("commit").notNull(),
    checkDigest: plainText("check_digest").notNull(),
    position: serial("position"),
    report: value<TestReport>("report").notNull(),
  },
  (t) => [primaryKey({ columns: [t.commit, t.checkDigest] }), index("report_by_position").on(t.position)],
);
