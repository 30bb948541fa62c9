import {
  type DetailedError,
  policySetTextToParts,
  policyToJson,
  validate,
} from "@cedar-policy/cedar-wasm/nodejs";
import type { Organisation, RuleFile } from "../domain/organisation.ts";
import { unzoned } from "../domain/policy-facts.ts";
import { didYouMean, type Rule, readRule } from "./rule.ts";
import { type RuleText, splitRules } from "./split-rules.ts";

export type FileRules = { kind: "rules"; rules: Rule[] } | { kind: "refused"; problems: string[] };

const problemsMax = 20;
const rulesMax = 200;

/** Reads one `.cedar` file against the schema. Problems are `file:line:column: what; remedy`. Cedar's warnings count as errors. */
export function readRuleFile(file: RuleFile, org: Organisation, schema: string): FileRules {
  const found = cedarProblems(file, schema);
  if (found.length > 0) return { kind: "refused", problems: found.slice(0, problemsMax) };

  const parts = splitRules(file.text);
  const counted = policySetTextToParts(file.text);
  if (
    counted.type === "failure" ||
    counted.policies.length !== parts.length ||
    counted.policy_templates.length > 0
  )
    return {
      kind: "refused",
      problems: [`${file.label}: reads as another number of rules than Cedar finds`],
    };
  if (parts.length > rulesMax)
    return {
      kind: "refused",
      problems: [`${file.label}: holds ${parts.length} rules; at most ${rulesMax} are allowed`],
    };
  const read = parts.map((part) => readPart(file, part, org));
  const problems = read.flatMap((one) => (one.kind === "refused" ? one.problems : []));
  if (problems.length > 0) return { kind: "refused", problems: problems.slice(0, problemsMax) };
  return { kind: "rules", rules: read.flatMap((one) => (one.kind === "rule" ? [one.rule] : [])) };
}

function cedarProblems(file: RuleFile, schema: string): string[] {
  const answer = validate({ schema, policies: { staticPolicies: file.text } });
  if (answer.type === "failure") return answer.errors.map((error) => problemOf(file, error));
  const errors = answer.validationErrors.map((one) => one.error);
  const warnings = [...answer.validationWarnings.map((one) => one.error), ...answer.otherWarnings];
  // A typo also makes its whole rule impossible: then the typo says enough.
  return [...errors, ...(errors.length > 0 ? [] : warnings)].map((error) => problemOf(file, error));
}

function problemOf(file: RuleFile, error: DetailedError): string {
  const [place] = error.sourceLocations ?? [];
  const words = error.message
    .replace(/^for policy `[^`]*`[,:] */, "")
    .replace(/^failed to parse policies from string: /, "");
  const help = error.help ?? place?.label ?? "";
  const remedy = nearestEid(words, help) ?? help;
  return `${file.label}${place === undefined ? "" : `:${lineColumn(file.text, place.start)}`}: ${words}${remedy === "" ? "" : `; ${remedy}`}`;
}

/** Of an enumerated name that does not exist, Cedar tells all that do; the nearest is what people need. */
function nearestEid(words: string, help: string): string | undefined {
  const wrong = /but `"([^"`]*)"` is not declared/.exec(words)?.[1];
  if (wrong === undefined || !help.startsWith("valid entity eids: ")) return undefined;
  return didYouMean(
    wrong,
    [...help.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? ""),
  );
}

/** Cedar counts bytes of UTF-8; people count lines and characters. */
function lineColumn(text: string, bytes: number): string {
  const before = Buffer.from(text, "utf8").subarray(0, bytes).toString("utf8").split("\n");
  return `${before.length}:${[...(before.at(-1) ?? "")].length + 1}`;
}

function readPart(
  file: RuleFile,
  part: RuleText,
  org: Organisation,
): { kind: "rule"; rule: Rule } | { kind: "refused"; problems: string[] } {
  const place = `${file.label}:${lineColumn(file.text, Buffer.byteLength(file.text.slice(0, part.start)))}`;
  const answer = policyToJson(part.text);
  if (answer.type === "failure")
    return { kind: "refused", problems: answer.errors.map((error) => `${place}: ${error.message}`) };
  const { effect, annotations = {}, conditions } = answer.json;
  const read = readRule({ text: part.text, file: file.label, effect, annotations }, org);
  const problems = [...(read.kind === "refused" ? read.problems : []), ...zoneTypos(conditions, org)];
  if (read.kind === "refused" || problems.length > 0)
    return { kind: "refused", problems: problems.map((one) => `${place}: ${one}`) };
  return read;
}

/** Names of zones inside plain texts, which no schema checks: `ui->db`, and the tags with a zone's changed lines. */
function zoneTypos(conditions: unknown, org: Organisation): string[] {
  const zones = [...org.zones.map((zone) => zone.name), unzoned];
  return namesIn(conditions)
    .filter((name) => !zones.includes(name))
    .map((name) => `there is no zone "${name}"; ${didYouMean(name, zones)}`);
}

function namesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(namesIn);
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([key, inner]) => {
    if (key === "Value" && typeof inner === "string") {
      const edge = /^(.+)->(.+)$/.exec(inner);
      return edge === null ? [] : [edge[1] ?? "", edge[2] ?? ""];
    }
    if (key === "hasTag" || key === "getTag") return [...tagOf(inner), ...namesIn(inner)];
    return namesIn(inner);
  });
}

function tagOf(node: unknown): string[] {
  const tag = (node as { right?: { Value?: unknown } } | null)?.right?.Value;
  return typeof tag === "string" ? [tag] : [];
}
