import type { Need, Outcome, Reason } from "../domain/ruling.ts";
import type { StoredRuling } from "../domain/stored-ruling.ts";
import type { Difference } from "../policy/explain.ts";

/** A kept ruling for a terminal: what was asked, what came of it, why, and from what. */
export function rulingLines({ id, runId, loop, repository, at, facts, ruling }: StoredRuling): string[] {
  const approvals = facts.approvals.map((one) => one.person).join(", ");
  return [
    `${id}  ${outcomeWords(ruling)}`,
    `  ${loop} (${runId}) wanted to ${facts.action} in ${repository} at ${at.toISOString()}`,
    ...reasonsOf(ruling).flatMap(reasonLines),
    ...(approvals === "" ? [] : [`  approved by ${approvals}`]),
    ...("change" in facts ? changeLines(facts.change) : []),
    `  facts ${ruling.factsDigest.slice(0, 12)}, policies ${ruling.policyDigest.slice(0, 12)}`,
  ];
}

function changeLines(change: Extract<StoredRuling["facts"], { change: object }>["change"]): string[] {
  const paths = Object.keys(change.touched);
  const named = paths.slice(0, 5).join(", ") + (paths.length > 5 ? ", …" : "");
  return [`  ${counted(change.files, "file")}, ${counted(change.lines, "line")}: ${named}`];
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

export function differenceLines({ made, now }: Difference): string[] {
  const { id, loop, runId, facts, at, ruling } = made;
  return [
    `${id}  ${at.toISOString().slice(0, 16)}Z  ${loop} (${runId}), ${facts.action}: ${outcomeWords(ruling)} → ${outcomeWords(now)}`,
    ...reasonsOf(now).flatMap(reasonLines),
  ];
}

const reasonsOf = (outcome: Outcome): Reason[] =>
  outcome.kind === "allow"
    ? [...outcome.reasons, ...outcome.discharged.map((one) => one.reason)]
    : outcome.reasons;

const reasonLines = ({ rule, file, text, paths }: Reason): string[] => [
  `    ${rule}${file === undefined ? "" : ` (${file})`}: ${text}`,
  ...(paths === undefined ? [] : [`      in ${paths.join(", ")}`]),
];

function outcomeWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case "hold":
      return `hold for ${outcome.needs.map(needWords).join(" and ")}`;
    case "wait":
      return `wait until ${outcome.until?.toISOString() ?? "it is lifted"}`;
    case "allow":
    case "deny":
      return outcome.kind;
  }
}

const needWords = ({ group, count }: Need): string => (count === 1 ? group : `${count} of ${group}`);
