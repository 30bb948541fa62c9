// A ruling on 200 and on 2,000 files under 50 rules, a tool call, a search for the next open window, and loading the 50 rules.

import { withBuiltIn } from "../dist/domain/zones.js";
import { decide } from "../dist/policy/decide.js";
import { loadPolicies } from "../dist/policy/policy-set.js";

const zoneNames = Array.from({ length: 40 }, (_, n) => `part${n}`);
const land = `principal, action == Loom::Action::"land", resource`;
const rules = [
  `@id("base") permit (principal, action, resource);`,
  ...zoneNames.map(
    (zone, n) =>
      `@id("own-${n}") @message("{paths} belongs to ${zone}.") @hold("leads:1")\nforbid (principal, action == Loom::Action::"land", resource in Loom::Zone::"${zone}")\nwhen { context.lines > ${n * 10} };`,
  ),
  `@id("big") @message("{lines} lines.") @hold("leads:2") forbid (${land}) when { context.lines > 400 };`,
  `@id("edge") @message("{newEdges}") forbid (${land}) when { context.newEdges.contains("part1->part2") };`,
  `@id("dependency") @message("{newDependencies}") @hold("leads:1") forbid (${land}) when { !context.newDependencies.isEmpty() };`,
  `@id("secret") @message("{secrets}") forbid (${land}) when { context.secrets > 0 };`,
  `@id("window") @message("{time}") @retry("time") forbid (principal, action == Loom::Action::"deploy", resource) unless { context.clock.weekday == 1 && context.clock.minutes >= 600 && context.clock.minutes < 605 };`,
];

const orgOf = (name) => ({
  name,
  timezone: "Europe/Berlin",
  repositories: [{ name: "shop", remote: "", target: "main", approvers: "leads" }],
  people: [],
  groups: [{ name: "leads", members: ["ada", "ben"] }],
  zones: withBuiltIn(
    zoneNames.map((zone, n) => ({ name: zone, globs: [`services/${zone}/**`, `**/*.part${n}`] })),
  ),
  environments: ["staging", "production"],
  tools: [{ name: "jira.comment", writes: true, loops: ["triage"] }],
  freezes: [],
  budgets: { runUsdMax: 100 },
  trustedLoops: [],
  trust: {},
  rules: [{ label: "policies/bench.cedar", text: rules.join("\n") }],
});

const changeOf = (files) => ({
  ...{ digest: "d", base: "b", head: "h", tree: "t", isComplete: true, files, lines: files * 3 },
  touched: Object.fromEntries(
    Array.from({ length: files }, (_, n) => [`services/part${n % 40}/deep/er/file${n}.ts`, 3]),
  ),
  newImports: Array.from({ length: files / 10 }, (_, n) => ({
    from: `services/part${n % 40}/deep/er/file${n}.ts`,
    to: `services/part${(n + 2) % 40}/index.ts`,
  })),
  ...{ binaryFiles: [], generatedFiles: [], modeChanges: [], symlinks: [], submodules: [], testsAdded: 0 },
  ...{ testsRemoved: [], weakenedTests: [], newDependencies: [], dynamicImports: [], unparsed: [] },
  ...{ secrets: [], owners: [], knownOwners: [], unowned: 0, conflicts: [], cites: [] },
  ...{ claimedByOthers: [], recentLandings: {} },
});

const common = (turn) => ({
  loop: {
    ...{ name: "triage", owner: "ada", kind: "command", trust: 3, attempts: 0, attemptsMax: 3 },
    ...{ filesMax: 5_000, linesMax: 50_000 },
  },
  ...{ repository: "shop", approvers: "leads", runId: "r-1" },
  at: new Date(Date.parse("2026-03-03T10:00:00Z") + turn).toISOString(),
  spend: { spentCents: 0, budgetCents: 100 },
  ...{ taints: [], freezes: [], approvals: [] },
});

function measure(what, turns, work) {
  for (let turn = 0; turn < Math.ceil(turns / 10); turn += 1) work(turn);
  const times = [];
  const before = process.cpuUsage();
  for (let turn = 0; turn < turns; turn += 1) {
    const start = performance.now();
    work(turn);
    times.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  const p50 = times[Math.floor(times.length / 2)];
  console.log(
    `${what}: ${((user + system) / 1000 / turns).toFixed(2)} ms CPU (median ${p50.toFixed(2)} ms on the clock)`,
  );
}

// Paths that were never seen: a zone map remembers what it was asked.
function fresh(files, turn) {
  const change = changeOf(files);
  return {
    ...change,
    touched: Object.fromEntries(
      Object.entries(change.touched).map(([path, lines]) => [`${path}.${turn}`, lines]),
    ),
  };
}

const started = process.cpuUsage();
const loaded = loadPolicies(orgOf("first"));
const { user, system } = process.cpuUsage(started);
if (loaded.kind === "refused") throw new Error(loaded.problems.join("\n"));
const { set } = loaded;
console.log(
  `loading and checking ${set.rules.size} rules: ${((user + system) / 1000).toFixed(0)} ms CPU, once a digest`,
);
const small = Array.from({ length: 330 }, (_, turn) => ({
  ...common(turn),
  action: "land",
  change: fresh(200, turn),
}));
const large = Array.from({ length: 44 }, (_, turn) => ({
  ...common(turn),
  action: "land",
  change: fresh(2_000, turn),
}));
let next = 0;
measure("a ruling on a change of 200 files", 300, () => decide(small[next++ % small.length], set));
measure("a ruling on a change of 2,000 files", 40, () => decide(large[next++ % large.length], set));
measure("a ruling on a tool call", 1_000, (turn) =>
  decide({ ...common(turn), action: "call", tool: "jira.comment" }, set),
);
measure("when a deployment's window opens, five days away", 5, (turn) =>
  decide({ ...common(turn), action: "deploy", environment: "production", commit: "c", touched: {} }, set),
);
