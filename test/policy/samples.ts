import type { Organisation, RuleFile } from "../../src/domain/organisation.ts";
import type { ChangePolicyFacts, PolicyFacts } from "../../src/domain/policy-facts.ts";
import { withBuiltIn } from "../../src/domain/zones.ts";
import { loadPolicies, type PolicySet } from "../../src/policy/policy-set.ts";
import { organisationOf } from "../world/definitions.ts";

export const permit = `@id("base") @message("Nothing against it.") permit (principal, action, resource);`;

/** The world's organisation with zones of its own, a few tools, and these rules alone. */
export const orgWith = (rules: string | RuleFile[], more: Partial<Organisation> = {}): Organisation => ({
  ...organisationOf("/nowhere"),
  zones: withBuiltIn([
    { name: "ledger", globs: ["services/ledger/**"] },
    { name: "ui", globs: ["apps/*/src/**"] },
    { name: "db", globs: ["packages/db/**"] },
  ]),
  tools: [
    { name: "jira.comment", writes: true, loops: ["triage"] },
    { name: "jira.read", writes: false, loops: ["triage"] },
  ],
  rules: typeof rules === "string" ? [{ label: "policies/test.cedar", text: `${permit}\n${rules}` }] : rules,
  ...more,
});

export function setWith(rules: string | RuleFile[], more: Partial<Organisation> = {}): PolicySet {
  const loaded = loadPolicies(orgWith(rules, more));
  if (loaded.kind === "refused") throw new Error(loaded.problems.join("\n"));
  return loaded.set;
}

export function problemsWith(rules: string | RuleFile[], more: Partial<Organisation> = {}): string[] {
  const loaded = loadPolicies(orgWith(rules, more));
  return loaded.kind === "refused" ? loaded.problems : [];
}

export const changeOf = (more: Partial<ChangePolicyFacts> = {}): ChangePolicyFacts => ({
  ...{ digest: "d", base: "b", head: "h", tree: "t", isComplete: true },
  ...{ files: 1, lines: 3, touched: { "src/a.ts": 3 }, newImports: [], recentLandings: {} },
  ...{ binaryFiles: [], generatedFiles: [], modeChanges: [], symlinks: [], submodules: [] },
  ...{ testsAdded: 0, testsRemoved: [], weakenedTests: [], newDependencies: [], dynamicImports: [] },
  ...{ unparsed: [], secrets: [], owners: [], knownOwners: [], unowned: 0, conflicts: [], cites: [] },
  claimedByOthers: [],
  ...more,
});

const common = {
  loop: {
    ...{ name: "triage", owner: "ada", kind: "command", trust: 3 },
    ...{ attempts: 0, attemptsMax: 3, filesMax: 20, linesMax: 500 },
  },
  ...{ repository: "shop", approvers: "leads", runId: "r-1", at: "2026-03-03T10:00:00.000Z" },
  spend: { spentCents: 0, budgetCents: 100 },
  ...{ taints: [], freezes: [], approvals: [] },
};

type Land = Extract<PolicyFacts, { action: "land" | "propose" }>;

export const landing = (change: Partial<ChangePolicyFacts> = {}, more: Partial<Land> = {}): Land => ({
  ...common,
  action: "land",
  change: changeOf(change),
  ...more,
});

export const deploying = (at: string, more: Partial<PolicyFacts> = {}): PolicyFacts =>
  ({
    ...common,
    action: "deploy",
    environment: "production",
    commit: "c",
    touched: {},
    at,
    ...more,
  }) as PolicyFacts;

export const calling = (tool: string, more: Partial<PolicyFacts> = {}): PolicyFacts =>
  ({ ...common, action: "call", tool, ...more }) as PolicyFacts;
