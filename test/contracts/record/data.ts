import type { Card, Message } from "../../../src/domain/card.ts";
import type { Change } from "../../../src/domain/change.ts";
import type { TraceEvent } from "../../../src/domain/event.ts";
import type { Finding } from "../../../src/domain/finding.ts";
import type { Hold } from "../../../src/domain/hold.ts";
import type { RecordStore } from "../../../src/ports/record.ts";

/** A record under test, empty, with the database's own words for looking behind it. */
export interface OpenRecord {
  record: RecordStore;
  sql: (statement: string) => Promise<void>;
  close: () => Promise<void>;
}

export const noon = new Date("2026-03-04T12:00:00.123Z");
export const minutes = (count: number): Date => new Date(noon.getTime() + count * 60_000);
export const longMs = 60_000;

export const finding = (id: string, more: Partial<Finding> = {}): Finding => ({
  id,
  repository: "shop",
  source: "checks",
  rule: "test-failed",
  title: `title of ${id}`,
  paths: ["src/price.ts"],
  evidence: [{ source: "checks", summary: "expected 1", detail: "got 2", where: "test/price.test.ts" }],
  seenAt: "a".repeat(40),
  ...more,
});

export const change = (runId: string, more: Partial<Change> = {}): Change => ({
  digest: `digest-${runId}`,
  base: "b".repeat(40),
  head: `head-${runId}`,
  tree: "c".repeat(40),
  files: [
    {
      path: "src/price.ts",
      status: "modified",
      before: "d".repeat(40),
      after: null,
      added: 1,
      removed: 2,
      isBinary: false,
    },
  ],
  authorEmails: ["ada@example.org"],
  repository: "shop",
  loop: "triage",
  runId,
  branch: `loom/triage/${runId}`,
  title: `change of ${runId}`,
  intent: { why: "the test fails", deliberateTests: [] },
  state: "draft",
  ...more,
});

export const hold = (id: string, runId: string, more: Partial<Hold> = {}): Hold => ({
  id,
  runId,
  repository: "shop",
  digest: `digest-${runId}`,
  base: "b".repeat(40),
  head: `head-${runId}`,
  tree: "c".repeat(40),
  policyDigest: "policy-1",
  environment: null,
  group: "maintainers",
  needs: [{ group: "maintainers", count: 1 }],
  reasons: [{ rule: "default", text: "every change is held" }],
  state: "waiting",
  askedAt: noon,
  expiresAt: minutes(60),
  approvals: [],
  ...more,
});

export const event = (type: TraceEvent["type"], more: Partial<TraceEvent> = {}): TraceEvent => ({
  type,
  at: noon,
  by: "loomstack",
  data: {},
  ...more,
});

export const notice = (text: string): Card => ({ kind: "notice", tone: "info", text, people: [] });

export const message = (key: string, more: Partial<Message> = {}): Message => ({
  key,
  channel: "loops",
  card: notice(`text of ${key}`),
  ...more,
});

/** A finding of its own and a run on it, ready. */
export async function openedRun(record: RecordStore, id: string, loop = "triage"): Promise<string> {
  await record.transact(async (tx) => {
    await tx.seeFinding(finding(`f-${id}`), loop, noon);
    await tx.openRun({ id, loop, findingId: `f-${id}`, repository: "shop", startedAt: noon });
  });
  return id;
}

export async function leased(record: RecordStore, id: string, leaseMs = longMs) {
  const taken = await record.lease(id, "worker", leaseMs);
  if (!taken) throw new Error(`run ${id} could not be leased`);
  return taken.lease;
}

/** Waits until the database says so; fails after the deadline. */
export async function until<T>(
  ask: () => Promise<T | null | undefined | false>,
  withinMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > deadline) throw new Error(`not so within ${withinMs} ms`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const hintsOf = async (record: RecordStore) =>
  (await record.unsentHints(100)).map((hint) => hint.jobId);

export async function clearHints(record: RecordStore): Promise<void> {
  await record.markHintsSent((await record.unsentHints(1000)).map((hint) => hint.id));
}
