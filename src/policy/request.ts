import type { CedarValueJson, StatefulAuthorizationCall } from "@cedar-policy/cedar-wasm/nodejs";
import type { FreezeFact, PolicyFacts } from "../domain/policy-facts.ts";
import { localTime } from "./local-clock.ts";
import type { PolicySet } from "./policy-set.ts";
import { edgesOf, type TouchedZone, touchedZones } from "./zone-map.ts";

/** What Cedar is asked, without the names of what it parsed before. */
export type Request = Pick<
  StatefulAuthorizationCall,
  "principal" | "action" | "resource" | "context" | "entities"
>;

/** Facts with what follows from them under one set: computed once, asked about at one moment or many. */
export interface Case {
  facts: PolicyFacts;
  set: PolicySet;
  /** Of a change; empty otherwise. */
  zones: Map<string, TouchedZone>;
  newEdges: string[];
  /** Freezes in `org.yml` and by people that cover the action. */
  freezes: CoveringFreeze[];
}

export interface CoveringFreeze {
  words: string;
  fromMs: number;
  /** Infinite until somebody lifts it. */
  untilMs: number;
}

export function openCase(facts: PolicyFacts, set: PolicySet): Case {
  const change = "change" in facts ? facts.change : undefined;
  const touched = facts.action === "deploy" ? facts.touched : change?.touched;
  const zones = touched === undefined ? new Map() : touchedZones(touched, set.zonesOf);
  const newEdges = change === undefined ? [] : edgesOf(change.newImports, set.zonesOf);
  const covers = (zone: string | null) => zone === null || zones.has(zone);
  const standing = set.organisation.freezes
    .filter((one) => covers(one.zone))
    .map((one) => ({
      words: `${placeOf(one.zone)} frozen until ${one.until.toISOString()}: ${one.why}`,
      fromMs: one.from.getTime(),
      untilMs: one.until.getTime(),
    }));
  const byPeople = facts.freezes.filter((one) => covers(one.zone)).map(freezeOf);
  return { facts, set, zones, newEdges, freezes: [...standing, ...byPeople] };
}

const placeOf = (zone: string | null): string => (zone === null ? "Everything is" : `The zone ${zone} is`);

function freezeOf({ kind, zone, until, by, why }: FreezeFact): CoveringFreeze {
  const end = until === null ? `until ${by} or another lifts it` : `until ${until}`;
  const what = kind === "stop" ? `Everything was stopped by ${by}` : `${placeOf(zone)} frozen by ${by}`;
  return {
    words: `${what} ${end}: ${why}`,
    fromMs: Number.NEGATIVE_INFINITY,
    untilMs: until === null ? Number.POSITIVE_INFINITY : Date.parse(until),
  };
}

export const inForce = (freezes: CoveringFreeze[], at: Date): CoveringFreeze[] =>
  freezes.filter((one) => one.fromMs <= at.getTime() && at.getTime() < one.untilMs);

/** The request at a moment: only the clock and what is frozen then depend on it. */
export function requestAt(known: Case, at: Date): Request {
  const { facts } = known;
  const principal = uid("Loop", facts.loop.name);
  const { name, kind, trust, filesMax, linesMax } = facts.loop;
  const loop = { uid: principal, attrs: { name, kind, trust, filesMax, linesMax }, parents: [] };
  const common = commonContext(known, at);
  const action = uid("Action", facts.action);
  if (facts.action === "deploy")
    return {
      principal,
      action,
      resource: uid("Environment", facts.environment),
      context: common,
      entities: [loop],
    };
  if (facts.action === "call") {
    const tool = known.set.organisation.tools.find((one) => one.name === facts.tool);
    if (tool === undefined) throw new Error(`"${facts.tool}" is not among the tools in org.yml`);
    const context = { ...common, writes: tool.writes, listed: tool.loops.includes(facts.loop.name) };
    return { principal, action, resource: uid("Tool", facts.tool), context, entities: [loop] };
  }
  const resource = uid("Change", facts.change.digest);
  const zones = [...known.zones.keys()];
  const entity = {
    uid: resource,
    attrs: {},
    parents: zones.map((zone) => uid("Zone", zone)),
    tags: Object.fromEntries([...known.zones].map(([zone, { lines }]) => [zone, lines])),
  };
  const context = { ...common, ...changeContext(known, facts.change) };
  return { principal, action, resource, context, entities: [loop, entity] };
}

function commonContext({ facts, set, freezes }: Case, at: Date): { [name: string]: CedarValueJson } {
  const { timezone } = set.organisation;
  return {
    repository: entity("Repository", facts.repository),
    spentCents: facts.spend.spentCents,
    budgetCents: Math.min(facts.spend.budgetCents, Math.round(set.organisation.budgets.runUsdMax * 100)),
    attempts: facts.loop.attempts,
    attemptsMax: facts.loop.attemptsMax,
    tainted: facts.taints.length > 0,
    taints: facts.taints,
    frozen: inForce(freezes, at).length > 0,
    clock: { ...localTime(at, timezone), at: { __extn: { fn: "datetime", arg: at.toISOString() } } },
  };
}

function changeContext(
  known: Case,
  change: Extract<PolicyFacts, { action: "land" | "propose" }>["change"],
): { [name: string]: CedarValueJson } {
  const of = (...severities: string[]) =>
    [
      ...new Set(change.conflicts.filter((one) => severities.includes(one.severity)).map((one) => one.kind)),
    ].map((kind) => entity("Conflict", kind));
  const landings = [...known.zones.keys()].map((zone) =>
    Object.hasOwn(change.recentLandings, zone) ? (change.recentLandings[zone] ?? 0) : 0,
  );
  return {
    files: change.files,
    lines: change.lines,
    binaryFiles: change.binaryFiles.length,
    generatedFiles: change.generatedFiles.length,
    modeChanges: change.modeChanges.length,
    symlinks: change.symlinks.length,
    submodules: change.submodules.length,
    testsAdded: change.testsAdded,
    testsRemoved: change.testsRemoved.length,
    weakenedTests: change.weakenedTests.length,
    newDependencies: change.newDependencies,
    newEdges: known.newEdges,
    dynamicImports: change.dynamicImports.length,
    unparsed: change.unparsed.length,
    secrets: change.secrets.length,
    owners: change.owners,
    unowned: change.unowned,
    conflicts: of("hold", "stop"),
    warnings: of("warn", "inform"),
    cites: change.cites,
    claimedByOthers: change.claimedByOthers.length,
    recentLandings: Math.max(0, ...landings),
  };
}

const uid = (type: string, id: string) => ({ type: `Loom::${type}`, id });
/** Inside a context, a plain type and id would be a record, and no set would ever contain it. */
const entity = (type: string, id: string): CedarValueJson => ({ __entity: uid(type, id) });
