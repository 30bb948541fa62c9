import type { Organisation } from "../domain/organisation.ts";
import type { PolicyCase } from "../domain/policy-case.ts";
import type { ApprovalFact, ChangePolicyFacts, CommonFacts, PolicyFacts } from "../domain/policy-facts.ts";
import { knownOwners } from "./needs.ts";

const noChange: ChangePolicyFacts = {
  ...{ digest: "d", base: "b", head: "h", tree: "t", isComplete: true },
  ...{ files: 0, lines: 0, touched: {}, newImports: [], recentLandings: {} },
  ...{ binaryFiles: [], generatedFiles: [], modeChanges: [], symlinks: [], submodules: [] },
  ...{ testsAdded: 0, testsRemoved: [], weakenedTests: [], newDependencies: [], dynamicImports: [] },
  ...{
    unparsed: [],
    secrets: [],
    owners: [],
    knownOwners: [],
    unowned: 0,
    conflicts: [],
    cites: [],
    claimedByOthers: [],
  },
};

/** The whole facts of a case: what it does not say is harmless. */
export function factsOfCase(one: PolicyCase, org: Organisation): PolicyFacts {
  const repository = org.repositories.find((each) => each.name === one.repository) ?? org.repositories[0];
  const { name = "some-loop", owner = org.people[0]?.id ?? "somebody", kind = "command" } = one.loop;
  const { trust = 0, attempts = 0, filesMax = 1_000, linesMax = 100_000 } = one.loop;
  const common: CommonFacts = {
    loop: { name, owner, kind, trust, attempts, attemptsMax: 3, filesMax, linesMax },
    repository: one.repository ?? repository?.name ?? "",
    approvers: repository?.approvers ?? "",
    runId: null,
    at: one.at.toISOString(),
    spend: { spentCents: Math.ceil(one.spentUsd * 100), budgetCents: Math.ceil(one.budgetUsd * 100) },
    taints: one.taints,
    freezes: one.freezes,
    approvals: one.approvals.map((who, at) => approval(who, at, org)),
  };
  switch (one.action) {
    case "deploy":
      return {
        ...common,
        action: "deploy",
        environment: one.environment ?? "",
        commit: "c",
        touched: one.files,
      };
    case "call":
      return { ...common, action: "call", tool: one.tool ?? "" };
    case "propose":
    case "land": {
      const lines = Object.values(one.files).reduce((sum, each) => sum + each, 0);
      const owners = knownOwners(one.change.owners ?? [], org);
      const written = {
        files: Object.keys(one.files).length,
        lines,
        touched: one.files,
        knownOwners: owners,
      };
      return {
        ...common,
        action: one.action,
        change: { ...noChange, ...written, newImports: one.imports, ...one.change },
      };
    }
  }
}

/** A person with the groups of `org.yml`; of a group, one more of its members. */
function approval(who: string, at: number, org: Organisation): ApprovalFact {
  if (!org.people.some((one) => one.id === who)) return { person: `${who} ${at}`, groups: [who] };
  const groups = org.groups.filter((group) => group.members.includes(who)).map((group) => group.name);
  return { person: who, groups };
}
