import type { Organisation } from "../domain/organisation.ts";
import { conflictKinds, unzoned } from "../domain/policy-facts.ts";

/**
 * The Cedar schema of one organisation. Zones, groups, environments, repositories, tools and kinds of conflicts are enumerated, so
 * that a name that does not exist is an error where it stands. What a rule may read is in policies/README.md, in the same words.
 */
export function schemaText(org: Organisation): string {
  const common = `repository: Repository, spentCents: Long, budgetCents: Long, attempts: Long, attemptsMax: Long,
    tainted: Bool, taints: Set<String>, frozen: Bool, clock: Clock`;
  return `namespace Loom {
  entity Zone enum ${listed([...org.zones.map((zone) => zone.name), unzoned])};
  entity Repository enum ${listed(org.repositories.map((one) => one.name))};
  entity Environment enum ${listed(org.environments)};
  entity Tool enum ${listed(org.tools.map((tool) => tool.name))};
  entity Conflict enum ${listed(conflictKinds)};
  entity Loop { name: String, kind: String, trust: Long, filesMax: Long, linesMax: Long };
  entity Change in [Zone] tags Long;
  type Clock = { minutes: Long, weekday: Long, at: datetime };
  action propose, land appliesTo { principal: Loop, resource: Change, context: { ${common},
    files: Long, lines: Long, binaryFiles: Long, generatedFiles: Long, modeChanges: Long, symlinks: Long, submodules: Long,
    testsAdded: Long, testsRemoved: Long, weakenedTests: Long, newDependencies: Set<String>, newEdges: Set<String>,
    dynamicImports: Long, unparsed: Long, secrets: Long, owners: Set<String>, unowned: Long, conflicts: Set<Conflict>,
    warnings: Set<Conflict>, cites: Set<String>, claimedByOthers: Long, recentLandings: Long } };
  action deploy appliesTo { principal: Loop, resource: Environment, context: { ${common} } };
  action call appliesTo { principal: Loop, resource: Tool, context: { ${common}, writes: Bool, listed: Bool } };
}
`;
}

/** An enumeration needs one name at least; a request for "(none)" is never made. */
const listed = (names: readonly string[]): string => JSON.stringify(names.length === 0 ? ["(none)"] : names);
