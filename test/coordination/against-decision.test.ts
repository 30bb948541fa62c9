import { expect, test } from "vitest";
import { againstDecisions } from "../../src/coordination/against-decision.ts";
import type { Change } from "../../src/domain/change.ts";
import type { MemoryEntry } from "../../src/domain/memory.ts";

const decision: MemoryEntry = {
  id: "d-12345678",
  kind: "decision",
  statement: "Round half to even.",
  reason: "Finance said so.",
  scope: { repository: "shop", paths: ["src/pricing/"], symbols: [], tests: [] },
  author: "bob",
  source: { kind: "message", ref: "m" },
  state: "active",
  at: new Date(0),
  hits: 0,
};

const change = (cites: Change["intent"]["cites"] = []): Change => ({
  digest: "d",
  base: "b",
  head: "h",
  tree: "t",
  files: [
    {
      path: "src/pricing/round.ts",
      status: "modified",
      before: "1",
      after: "2",
      added: 1,
      removed: 1,
      isBinary: false,
    },
  ],
  authorEmails: [],
  repository: "shop",
  loop: "triage",
  runId: "r-1",
  branch: "loom/triage/r-1",
  title: "Round up",
  intent: { why: "An invoice is a cent short.", deliberateTests: [], cites },
  state: "draft",
});

test("a change in a decided path that does not cite the decision is a conflict with it", () => {
  expect(againstDecisions(change(), [decision])).toMatchObject([
    { kind: "decision", right: { decision: "d-12345678" }, paths: ["src/pricing/round.ts"] },
  ]);
});

test("a change that cites the decision is none", () => {
  expect(againstDecisions(change([{ decision: "d-12345678", why: "asked to" }]), [decision])).toEqual([]);
});

test.each<[string, Partial<MemoryEntry>]>([
  ["ended", { state: "superseded" }],
  ["about the whole repository", { scope: { ...decision.scope, paths: [] } }],
  ["a lesson", { kind: "lesson" }],
  ["a landed change's own intent", { source: { kind: "change", ref: "sha" } }],
])("an entry that is %s binds nobody who works in the same file", (_, differently) => {
  expect(againstDecisions(change(), [{ ...decision, ...differently }])).toEqual([]);
});
