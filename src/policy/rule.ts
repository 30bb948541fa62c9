import type { GroupName } from "../domain/ids.ts";
import { nearest } from "../domain/nearest.ts";
import type { Organisation } from "../domain/organisation.ts";
import { specialApprovers } from "../domain/zones.ts";
import { messageWords, unknownWords } from "./message.ts";

/** Who a rule asks, as it writes it: a group, or a word for people of the moment. */
export interface AskedFor {
  who: GroupName;
  count: number;
}

/** One rule with what its annotations say. */
export interface Rule {
  id: string;
  file: string;
  text: string;
  effect: "permit" | "forbid";
  message: string;
  holds: AskedFor[];
  /** Whether waiting may clear it. */
  isTimed: boolean;
}

/** Neither an approval nor time clears it. */
export const isHard = (rule: Rule): boolean => rule.holds.length === 0 && !rule.isTimed;

export interface RuleDraft {
  text: string;
  file: string;
  effect: "permit" | "forbid";
  annotations: { [name: string]: string };
}

const known = ["id", "message", "hold", "retry"];
const holdPattern = /^[a-z0-9][a-z0-9_-]*:[1-9]\d?(?:,[a-z0-9][a-z0-9_-]*:[1-9]\d?)*$/;

/** Reads the annotations, which Cedar itself takes for free text. */
export function readRule(
  draft: RuleDraft,
  org: Organisation,
): { kind: "rule"; rule: Rule } | { kind: "refused"; problems: string[] } {
  const { annotations, effect } = draft;
  const { id = "", message = "", hold, retry } = annotations;
  const holds = readHold(hold ?? "");
  const problems = [
    ...Object.keys(annotations)
      .filter((name) => !known.includes(name))
      .map((name) => `@${name} is not known; ${didYouMean(name, known)}`),
    ...(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id) ? [] : ['@id is missing or odd; write e.g. @id("big-change")']),
    ...(effect === "forbid" && message.trim() === ""
      ? ["@message is missing: people must read why they are stopped"]
      : []),
    ...unknownWords(message).map(
      (word) => `@message knows no {${word}}; ${didYouMean(word, [...messageWords])}`,
    ),
    ...(hold === undefined ? [] : holdProblems(hold, effect, org)),
    ...(retry === undefined || retry === "time" ? [] : ['@retry can be "time" only']),
    ...(retry !== undefined && effect === "permit"
      ? ["@retry belongs on a forbid: a permit stops nobody"]
      : []),
    ...(retry !== undefined && hold !== undefined
      ? ["@hold and @retry exclude each other; write two rules"]
      : []),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  const isTimed = retry === "time";
  return {
    kind: "rule",
    rule: { id, file: draft.file, text: draft.text, effect, message, holds, isTimed },
  };
}

function holdProblems(hold: string, effect: string, org: Organisation): string[] {
  if (effect === "permit") return ["@hold belongs on a forbid: a permit stops nobody"];
  if (!holdPattern.test(hold))
    return [`@hold("${hold}") is odd; write e.g. @hold("maintainers:1,platform:2")`];
  return readHold(hold).flatMap(({ who, count }) => {
    if (specialApprovers.some((one) => one === who)) return [];
    const group = org.groups.find((one) => one.name === who);
    if (group === undefined)
      return [
        `@hold asks for "${who}", which is no group; ${didYouMean(who, [...org.groups.map((one) => one.name), ...specialApprovers])}`,
      ];
    return group.members.length < count
      ? [
          `@hold asks for ${count} of ${who}, which has ${group.members.length} members; nobody could ever clear it`,
        ]
      : [];
  });
}

const readHold = (hold: string): AskedFor[] =>
  hold === ""
    ? []
    : hold.split(",").map((one) => {
        const [who = "", count = ""] = one.split(":");
        return { who, count: Number(count) };
      });

export function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? `known: ${candidates.join(", ")}` : `did you mean "${meant}"?`;
}
