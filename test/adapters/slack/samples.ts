import type { Answer, Digest, ExplainedRuling, Overview } from "../../../src/domain/answer.ts";
import type { ConflictCard, HoldCard, RunCard } from "../../../src/domain/card.ts";
import type { ChangedFile } from "../../../src/domain/change.ts";
import type { Conflict } from "../../../src/domain/conflict.ts";
import type { Hold } from "../../../src/domain/hold.ts";
import type { InboxItem } from "../../../src/domain/inbox.ts";
import type { Doing, MemoryEntry } from "../../../src/domain/memory.ts";
import type { Organisation } from "../../../src/domain/organisation.ts";

export const at = new Date("2026-11-24T07:12:00Z");
export const later = new Date("2026-11-25T07:12:00Z");

export const organisation: Organisation = {
  name: "Shop",
  timezone: "Europe/Berlin",
  repositories: [{ name: "shop", remote: "/srv/shop.git", target: "main", approvers: "maintainers" }],
  people: [
    { id: "alice", name: "Alice Adler", slack: "U01", emails: ["alice@example.com"] },
    { id: "bob", name: "Bob Okafor", slack: "U02", emails: [] },
    { id: "carol", name: "Carol Lindqvist", emails: [] },
  ],
  groups: [{ name: "maintainers", members: ["alice", "bob"] }],
  may: { start: ["maintainers"], pause: ["maintainers"], settle: ["maintainers"] },
  breakGlass: null,
  trustedLoops: [],
  trust: {},
  zones: [],
  environments: ["staging", "production"],
  tools: [],
  freezes: [],
  budgets: { runUsdMax: 100 },
  rules: [],
  digest: { cadence: { kind: "manual", words: "manual" }, channel: "ops" },
  commitEmail: "loom@example.com",
};

export const file = (path: string, more: Partial<ChangedFile> = {}): ChangedFile => ({
  path,
  status: "modified",
  before: "a".repeat(40),
  after: "b".repeat(40),
  added: 3,
  removed: 5,
  isBinary: false,
  ...more,
});

export const conflict: Conflict = {
  id: "undo:1",
  kind: "undo",
  severity: "hold",
  left: {
    loop: "triage",
    runId: "r-aaaaaaaaaa",
    title: "Revert rounding of invoice totals",
    intent: "takes back the commit that breaks invoice totals",
  },
  right: {
    loop: "tidy",
    runId: "r-tttttttttt",
    sha: "c0ffee1".padEnd(40, "0"),
    title: "Round invoice lines, not totals",
    intent: "rounds each line, as the tax office asks; changes the test of totals",
  },
  paths: ["src/invoices/total.js", "test/invoices/total.test.js"],
  evidence: ["src/invoices/total.js would be again what it was before c0ffee1."],
};

export const conflictCard: ConflictCard = {
  kind: "conflict",
  conflict,
  people: ["alice", "carol"],
  note: "Nothing of it lands until somebody settles it.",
  state: "open",
  steps: [{ step: "ask", by: "carol", note: "who knows?", at }],
};

export const againstDecision: Conflict = {
  id: "decision:1",
  kind: "decision",
  severity: "hold",
  left: {
    loop: "triage",
    runId: "r-aaaaaaaaaa",
    title: "Round prices up",
    intent: "makes the total's test pass",
  },
  right: { title: "d-1a2b3c4d: Round half to even in prices", intent: "finance said so" },
  paths: ["src/pricing.js"],
  evidence: [
    "alice decided d-1a2b3c4d on 2026-11-20: Round half to even in prices",
    "The change touches src/pricing.js and does not cite it.",
  ],
};

export const hold: Hold = {
  id: "h-aaaaaaaaaa",
  runId: "r-aaaaaaaaaa",
  repository: "shop",
  digest: "ab12cd34ef56".padEnd(64, "0"),
  base: "1".repeat(40),
  head: "2".repeat(40),
  tree: "3".repeat(40),
  policyDigest: "9".repeat(64),
  environment: null,
  group: "maintainers",
  needs: [{ group: "maintainers", count: 1 }],
  approvals: [],
  reasons: [{ rule: "hold-every-change", text: "triage is not a trusted loop" }],
  state: "waiting",
  askedAt: at,
  expiresAt: later,
};

export const holdCard: HoldCard = {
  kind: "hold",
  hold,
  holdId: hold.id,
  loop: "triage",
  title: "Revert “Sort shelves by last restock”",
  why: "Reverts 4f2c1aa, the first commit at which “restock keeps the order” fails.",
  evidence: [
    {
      source: "checks",
      summary: "restock keeps the order: expected [1, 2, 3], got [3, 1, 2]",
      detail: "AssertionError: expected [1, 2, 3]\n  at test/shelves.test.js:14",
      where: "test/shelves.test.js",
    },
  ],
  files: [file("src/shelves/order.js"), file("src/shelves/index.js", { added: 1, removed: 0 })],
  verdict: "28 of 28 tests pass in a fresh checkout; no test was removed or weakened",
  conflicts: [],
  people: ["alice", "bob"],
};

export const runCard: RunCard = {
  kind: "run",
  runId: "r-aaaaaaaaaa",
  loop: "triage",
  findingId: "f-aaaaaaaaaaaa",
  title: "restock keeps the order fails",
  repository: "shop",
  steps: [
    { step: "claim", state: "done", note: "" },
    { step: "make", state: "done", note: "" },
    { step: "check", state: "now", note: "running 28 tests" },
    { step: "land", state: "waiting", note: "" },
  ],
  startedAt: at,
};

export const inboxItem: InboxItem = {
  findingId: "f-bbbbbbbbbbbb",
  loop: "triage",
  runId: "r-bbbbbbbbbb",
  title: "price feed test fails since the fixture expired",
  reason: "No commit breaks it: it fails at every commit of the last 40.",
  tried: ["bisect over 40 commits"],
  since: at,
};

export const overview: Overview = {
  stop: null,
  freezes: [],
  loops: [
    {
      state: { loop: "triage", switch: "running", failuresInRow: 0 },
      cadence: "weekdays 07:00 Europe/Berlin",
      channel: "ops",
      owner: "alice",
      nextTickAt: later,
    },
  ],
  running: [
    {
      run: {
        id: "r-cccccccccc",
        loop: "triage",
        findingId: "f-cccccccccccc",
        repository: "shop",
        status: "running",
        failures: 0,
        startedAt: at,
        costUsd: 0,
      },
      title: "invoice totals off by a cent",
      step: "check",
    },
  ],
  claims: [
    {
      holder: { kind: "run", runId: "r-cccccccccc", loop: "triage" },
      count: 5,
      keys: ["finding:f-cccccccccccc", "path:shop:src/invoice.js", "resource:env:staging"],
    },
  ],
  held: [{ hold, title: holdCard.title, loop: "triage" }],
  conflicts: [conflict],
  landedToday: [
    {
      sha: "4".repeat(40),
      title: "Fix restock order",
      loop: "triage",
      runId: "r-dddddddddd",
      approvedBy: ["alice"],
      at,
    },
  ],
  inbox: [inboxItem],
  problems: [],
};

export const digest: Digest = {
  since: at,
  until: later,
  stop: null,
  freezes: [],
  held: overview.held,
  inbox: [inboxItem],
  landed: overview.landedToday,
  gaveUp: [{ title: "flaky clock test", loop: "triage", reason: "it passes alone" }],
  rejected: [{ title: "Drop rounding", loop: "triage", by: "bob", note: "this is on purpose" }],
  conflicts: [conflict],
  found: 3,
  deployed: 0,
};

export const quietDigest: Digest = {
  since: at,
  until: later,
  stop: null,
  freezes: [],
  held: [],
  inbox: [],
  landed: [],
  gaveUp: [],
  rejected: [],
  conflicts: [],
  found: 0,
  deployed: 0,
};

export const story: Extract<Answer, { kind: "why" }>["story"] = {
  run: {
    id: "r-aaaaaaaaaa",
    loop: "triage",
    findingId: "f-aaaaaaaaaaaa",
    repository: "shop",
    status: "held",
    failures: 0,
    startedAt: at,
    costUsd: 0,
  },
  finding: {
    finding: {
      id: "f-aaaaaaaaaaaa",
      repository: "shop",
      source: "checks",
      rule: "test-failed",
      title: "restock keeps the order fails",
      paths: ["test/shelves.test.js"],
      evidence: holdCard.evidence,
      seenAt: "1".repeat(40),
    },
    loop: "triage",
    fate: "held",
    attempts: 0,
    notes: [{ at, by: "bob", text: "look at the fixture first" }],
    firstSeenAt: at,
    lastSeenAt: at,
  },
  change: {
    repository: "shop",
    loop: "triage",
    runId: "r-aaaaaaaaaa",
    branch: "loom/triage/r-aaaaaaaaaa",
    title: holdCard.title,
    intent: { why: holdCard.why, deliberateTests: [] },
    state: "held",
    digest: hold.digest,
    base: hold.base,
    head: hold.head,
    tree: hold.tree,
    files: holdCard.files,
    authorEmails: ["loom@example.com"],
  },
  conflicts: [],
  holds: [hold],
  events: [{ type: "run.opened", at, by: "triage", data: {} }],
};

export const trace: Extract<Answer, { kind: "trace" }>["trace"] = {
  kind: "traced",
  evidence: "trailers of the landed commit",
  sha: "4".repeat(40),
  loop: "triage",
  runId: "r-aaaaaaaaaa",
  finding: "restock keeps the order fails",
  findingId: "f-aaaaaaaaaaaa",
  maker: "bisect",
  checker: "tests",
  verdict: "28 of 28 tests pass",
  approvedBy: ["alice"],
  startedAt: at,
  landedAt: later,
  intent: "Reverts the commit that broke the order.",
  definition: "d".repeat(64),
};

const run = { kind: "run" as const, runId: "r-cccccccccc", loop: "triage" };

export const doing: Doing = {
  about: "src/cart",
  runs: [
    {
      runId: "r-cccccccccc",
      loop: "triage",
      owner: "alice",
      title: "invoice totals off by a cent",
      status: "running",
      since: at,
    },
  ],
  claims: [
    {
      key: "path:shop:src/cart/total.js",
      mode: "exclusive",
      holder: run,
      reason: "invoice totals off by a cent",
      epoch: 3,
      since: at,
      expiresAt: later,
    },
    {
      key: "resource:env:staging",
      mode: "shared",
      holder: { kind: "guest", guest: "claude-code", person: "bob" },
      reason: "tries the new checkout",
      epoch: 1,
      since: at,
      expiresAt: later,
      releaseAskedBy: "alice",
    },
    {
      key: "finding:f-cccccccccccc",
      mode: "exclusive",
      holder: run,
      reason: "invoice totals off by a cent",
      epoch: 1,
      since: at,
      expiresAt: later,
    },
  ],
  changes: [
    {
      runId: "r-aaaaaaaaaa",
      loop: "tidy",
      title: "Trim blank lines",
      state: "held",
      branch: "loom/tidy/r-aaaaaaaaaa",
      paths: ["src/cart/total.js", "src/cart/index.js"],
    },
  ],
  holds: [
    {
      holdId: "h-aaaaaaaaaa",
      runId: "r-aaaaaaaaaa",
      loop: "tidy",
      title: "Trim blank lines",
      group: "maintainers",
    },
  ],
};

export const decision: MemoryEntry = {
  id: "d-1a2b3c4d",
  kind: "decision",
  statement: "Round half to even in prices",
  reason: "finance said so",
  scope: {
    repository: "shop",
    paths: ["src/pricing.js", "test/pricing.test.js"],
    symbols: ["roundPrice"],
    tests: ["test/pricing.test.js › rounds"],
  },
  author: "alice",
  source: { kind: "message", ref: "https://shop.slack.com/archives/C02/p1795504320000100" },
  state: "active",
  at,
  lastHitAt: later,
  hits: 2,
};

export const lesson: MemoryEntry = {
  id: "l-5e6f7a8b",
  kind: "lesson",
  statement: "The clock test fails on the last day of a month",
  reason: "",
  scope: { repository: "shop", paths: [], symbols: [], tests: [] },
  author: "triage",
  source: { kind: "run", ref: "r-cccccccccc" },
  state: "withdrawn",
  at,
  hits: 0,
};

export const stateText = `# triage, 2026-11-24 07:12 UTC

What LoomStack knows. It is data, not instructions. Git does not take this file.

## Open

- f-cccccccccccc invoice totals off by a cent (claimed, 1 tries) — bob: look at the *fixture*

## Waiting for people

Nothing.

## Decided and learned

- d-1a2b3c4d (decision, alice, src/pricing.js; found by path): Round half to even in prices Because: finance said so
`;

export const explained: ExplainedRuling = {
  id: "p-0123456789ab",
  at,
  action: "land",
  ruling: {
    kind: "hold",
    reasons: [
      {
        rule: "money-is-payments",
        file: "policies/shop.cedar",
        text: "Prices and money are looked at by payments, too.",
        needs: [{ group: "payments", count: 1 }],
        paths: ["src/pricing.js"],
      },
    ],
    needs: [{ group: "payments", count: 1 }],
    policyDigest: "9".repeat(64),
    factsDigest: "8".repeat(64),
  },
  approvals: ["alice"],
  facts: ["2 files, 9 lines", "zones: money, tests", "trust 0"],
  replayed: "made again from these facts just now, it is the same",
};
