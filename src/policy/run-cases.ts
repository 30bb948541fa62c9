import type { PolicyCase } from "../domain/policy-case.ts";
import type { Ruling } from "../domain/ruling.ts";
import { factsOfCase } from "./case-facts.ts";
import { decide } from "./decide.ts";
import type { PolicySet } from "./policy-set.ts";

export interface CaseResult {
  case: PolicyCase;
  ruling: Ruling;
  /** What is otherwise than expected; empty when all is as it should be. */
  problems: string[];
  /** Rules that had a say: the reasons, and those that approvals met. */
  fired: string[];
}

export const runCases = (cases: PolicyCase[], set: PolicySet): CaseResult[] =>
  cases.map((one) => {
    const ruling = decide(factsOfCase(one, set.organisation), set);
    return { case: one, ruling, problems: problemsOf(one, ruling), fired: firedIn(ruling) };
  });

const firedIn = (ruling: Ruling): string[] => [
  ...ruling.reasons.map((reason) => reason.rule),
  ...(ruling.kind === "allow" ? ruling.discharged.map((one) => one.reason.rule) : []),
];

/** Which rules people look at: of an allow, not the permit but the holds that were met. */
const sayingSo = (ruling: Ruling): string[] =>
  (ruling.kind === "allow"
    ? ruling.discharged.map((one) => one.reason.rule)
    : ruling.reasons.map((one) => one.rule)
  ).sort();

function problemsOf({ expect }: PolicyCase, ruling: Ruling): string[] {
  const by = sayingSo(ruling);
  const said = `${ruling.kind} by ${by.join(", ") || "nothing"}`;
  if (ruling.kind !== expect.outcome)
    return [`is ${said}: ${ruling.reasons.map((one) => one.text).join(" ")}`];
  const wanted = expect.by?.toSorted();
  const groups = ruling.kind === "hold" ? ruling.needs.map((need) => need.group).sort() : [];
  const until = ruling.kind === "wait" ? (ruling.until?.toISOString() ?? "it is lifted") : "";
  return [
    ...(wanted !== undefined && wanted.join() !== by.join() ? [`is ${said}`] : []),
    ...(expect.groups !== undefined && expect.groups.toSorted().join() !== groups.join()
      ? [`asks ${groups.join(", ") || "nobody"}`]
      : []),
    ...(expect.until !== undefined && expect.until.toISOString() !== until ? [`waits until ${until}`] : []),
    ...(expect.text !== undefined && !ruling.reasons.some((one) => one.text.includes(expect.text ?? ""))
      ? [`says: ${ruling.reasons.map((one) => one.text).join(" ")}`]
      : []),
  ];
}

/** Every rule must have a say in one case and none in another, or its case does not show what it is for. */
export function uncovered(results: CaseResult[], set: PolicySet, files: string[]): string[] {
  return [...set.rules.values()]
    .filter((rule) => files.includes(rule.file))
    .flatMap((rule) => {
      const fired = results.filter((one) => one.fired.includes(rule.id)).length;
      if (fired === 0) return [`${rule.file}: no case makes ${rule.id} speak`];
      return fired === results.length ? [`${rule.file}: no case leaves ${rule.id} silent`] : [];
    });
}
