import type { PolicyFacts } from "../domain/policy-facts.ts";
import type { Reason } from "../domain/ruling.ts";
import { localTime } from "./local-clock.ts";
import { fillIn, several, type Words } from "./message.ts";
import { needsFor } from "./needs.ts";
import { type Case, inForce } from "./request.ts";
import type { Rule } from "./rule.ts";
import { isHolding, isUndoing } from "./undoing.ts";

const pathsMax = 5;

/** What a rule says about this case: its message filled in, whom it asks, and the paths in the zones that it names. */
export function reasonOf(rule: Rule, known: Case, words: Words): Reason {
  const { facts } = known;
  const needs = rule.holds.flatMap((one) => needsFor(one, facts));
  const zones = zonesNamed(rule, known);
  const paths = [...new Set(zones.flatMap((zone) => known.zones.get(zone)?.paths ?? []))].slice(0, pathsMax);
  const about =
    paths.length > 0 ? paths : [...known.zones.values()].flatMap((zone) => zone.paths).slice(0, pathsMax);
  const text = fillIn(rule.message, { ...words, paths: several(about) });
  return {
    rule: rule.id,
    file: rule.file,
    text: text === "" ? `Rule ${rule.id}.` : text,
    ...(needs.length === 0 ? {} : { needs }),
    ...(paths.length === 0 ? {} : { paths }),
  };
}

/** What messages may speak of; the same for all rules of one ruling. */
export const wordsOf = (known: Case, at: Date): Words => ({
  ...commonWords(known, at),
  ...changeWords(known),
});

/** Touched zones that stand in the rule's text. */
const zonesNamed = (rule: Rule, known: Case): string[] =>
  [...known.zones.keys()].filter(
    (zone) => rule.text.includes(`Zone::"${zone}"`) || rule.text.includes(`Tag("${zone}")`),
  );

function commonWords({ facts, set, freezes }: Case, at: Date): Words {
  const { minutes } = localTime(at, set.organisation.timezone);
  const two = (number: number) => String(number).padStart(2, "0");
  const budget = Math.min(facts.spend.budgetCents, Math.round(set.organisation.budgets.runUsdMax * 100));
  return {
    loop: facts.loop.name,
    owner: facts.loop.owner,
    repository: facts.repository,
    approvers: facts.approvers,
    trust: String(facts.loop.trust),
    attempts: String(facts.loop.attempts),
    attemptsMax: String(facts.loop.attemptsMax),
    filesMax: String(facts.loop.filesMax),
    linesMax: String(facts.loop.linesMax),
    taints: several(facts.taints),
    spent: `${(facts.spend.spentCents / 100).toFixed(2)} USD`,
    budget: `${(budget / 100).toFixed(2)} USD`,
    freeze: `${inForce(freezes, at)
      .map((one) => one.words)
      .join(" ")}`,
    time: `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
    ...(facts.action === "deploy" ? { environment: facts.environment } : {}),
    ...(facts.action === "call" ? { tool: facts.tool } : {}),
  };
}

function changeWords({ facts, zones, newEdges }: Case): Words {
  if (!("change" in facts)) return {};
  const { change } = facts;
  const texts = (conflicts: typeof change.conflicts) => conflicts.map((one) => one.text).join(" ");
  return {
    files: String(change.files),
    lines: String(change.lines),
    zones: several([...zones.keys()].sort()),
    newEdges: several(newEdges),
    ...listWords(change),
    testsRemoved: several(change.testsRemoved.map((id) => `"${id}"`)),
    unowned: String(change.unowned),
    undone: texts(change.conflicts.filter(isUndoing)),
    conflicts: texts(change.conflicts.filter((one) => isHolding(one) && !isUndoing(one))),
    warnings: texts(change.conflicts.filter((one) => !isHolding(one))),
    recentLandings: String(Math.max(0, ...Object.values(change.recentLandings))),
  };
}

const listWords = (change: Extract<PolicyFacts, { action: "land" | "propose" }>["change"]): Words => ({
  binaryFiles: several(change.binaryFiles),
  generatedFiles: several(change.generatedFiles),
  modeChanges: several(change.modeChanges),
  symlinks: several(change.symlinks),
  submodules: several(change.submodules),
  weakenedTests: several(change.weakenedTests),
  newDependencies: several(change.newDependencies),
  dynamicImports: several(change.dynamicImports),
  unparsed: several(change.unparsed),
  secrets: several(change.secrets),
  owners: several(change.owners),
  cites: several(change.cites),
  claimedByOthers: several(change.claimedByOthers),
});
