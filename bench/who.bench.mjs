// "Who is doing what" with 1,000 live runs, 20 claims each, every second one with an open change of 20 files and a waiting question.
import { holderOf, measure, onEachRecord, told } from "./records.mjs";

const live = 1000;
const files = 20;
const at = new Date();
const later = new Date(at.getTime() + 3_600_000);
const pathOf = (n, index) => `app/part${n % 50}/m${n}/file${index}.ts`;
const paths = (n) => Array.from({ length: files }, (_, index) => pathOf(n, index));

const findingOf = (n) => ({
  id: `f-${n}`,
  repository: "shop",
  source: "issues",
  rule: "issue",
  title: `finding ${n}`,
  paths: [],
  evidence: [],
  seenAt: "0",
});

const changeOf = (n, { runId, loop }) => ({
  digest: `digest-${n}`,
  base: "b".repeat(40),
  head: `${n}`.padStart(40, "0"),
  tree: "c".repeat(40),
  files: paths(n).map((path) => ({
    path,
    status: "modified",
    before: "d".repeat(40),
    after: "e".repeat(40),
    added: 3,
    removed: 1,
    isBinary: false,
  })),
  authorEmails: ["ada@example.org"],
  repository: "shop",
  loop,
  runId,
  branch: `loom/${loop}/${runId}`,
  title: `change ${n}`,
  intent: { why: "bench", deliberateTests: [] },
  state: "held",
});

const holdOf = (n, runId) => ({
  id: `h-${n}`,
  runId,
  repository: "shop",
  digest: `digest-${n}`,
  base: "b".repeat(40),
  head: `${n}`.padStart(40, "0"),
  tree: "c".repeat(40),
  policyDigest: "policy-1",
  environment: null,
  group: "maintainers",
  needs: [{ group: "maintainers", count: 1 }],
  approvals: [],
  reasons: [{ rule: "default", text: "every change is held" }],
  state: "waiting",
  askedAt: at,
  expiresAt: later,
});

async function open(record, n) {
  const holder = holderOf(n);
  const { runId, loop } = holder;
  await record.transact(async (tx) => {
    await tx.seeFinding(findingOf(n), loop, at);
    await tx.openRun({ id: runId, loop, findingId: `f-${n}`, repository: "shop", startedAt: at });
    await tx.claim({
      keys: paths(n).map((path) => `path:shop:${path}`),
      mode: "shared",
      holder,
      reason: "bench",
      ttlMs: 3_600_000,
    });
    if (n % 2 === 1) return;
    await tx.putChange(changeOf(n, holder));
    await tx.putHold(holdOf(n, runId));
  });
}

await onEachRecord(async (name, record) => {
  for (let n = 0; n < live; n += 1) await open(record, n);
  const limit = 50;
  const ask = async (what, query) => {
    const costs = await measure(100, (turn) => record.doing({ ...query(turn), limit }));
    const { runs, claims, changes, holds } = await record.doing({ ...query(0), limit });
    const sizes = `${runs.length} runs, ${claims.length} claims, ${changes.length} changes, ${holds.length} holds`;
    console.log(`${name}: of ${live} live runs, ${what} (${sizes}): ${told(costs)}`);
  };
  await ask("all", () => ({}));
  await ask("the whole folder", () => ({ repository: "shop", path: "app" }));
  await ask("a folder", (turn) => ({ repository: "shop", path: `app/part${turn % 50}/` }));
  await ask("a file", (turn) => ({ repository: "shop", path: pathOf(turn, 1) }));
  await ask("a loop", (turn) => ({ loops: [`loop-${turn % 8}`] }));
});
