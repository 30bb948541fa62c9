import type { Organisation, RuleFile } from "../domain/organisation.ts";
import { canonicalJson, sha256 } from "./canonical.ts";
import { floor } from "./floor.ts";
import type { Rule } from "./rule.ts";
import { schemaText } from "./schema.ts";
import { type FileRules, readRuleFile } from "./validate-file.ts";
import { type ZoneMap, zoneMap } from "./zone-map.ts";

/** Rules that are whole and fit their organisation. */
export interface PolicySet {
  /** sha256, hex, of everything that a ruling depends on besides its facts. */
  digest: string;
  organisation: Organisation;
  rules: Map<string, Rule>;
  zonesOf: ZoneMap;
  schema: string;
}

export type LoadedPolicies = { kind: "valid"; set: PolicySet } | { kind: "refused"; problems: string[] };

const remembered = new WeakMap<Organisation, LoadedPolicies>();

/** Reads and checks an organisation's rules; once for each organisation that is read. Some 10 ms a rule: never within a ruling. */
export function loadPolicies(org: Organisation): LoadedPolicies {
  const loaded = remembered.get(org) ?? load(org);
  remembered.set(org, loaded);
  return loaded;
}

function load(org: Organisation): LoadedPolicies {
  const schema = schemaText(org);
  const files = [floor, ...org.rules].map((file) => readOnce(file, org, schema));
  const problems = files.flatMap((one) => (one.kind === "refused" ? one.problems : []));
  if (problems.length > 0) return { kind: "refused", problems };
  return assemble(
    org,
    files.flatMap((one) => (one.kind === "rules" ? one.rules : [])),
  );
}

const filesRead = new Map<string, FileRules>();
const filesReadMax = 200;

/** Checking a file is the slow part, and an edit leaves most files as they were. */
function readOnce(file: RuleFile, org: Organisation, schema: string): FileRules {
  const groups = org.groups.map((group) => [group.name, group.members.length]);
  const key = sha256(canonicalJson([file.label, file.text, schema, groups]));
  const read = filesRead.get(key) ?? readRuleFile(file, org, schema);
  if (filesRead.size >= filesReadMax) filesRead.clear();
  filesRead.set(key, read);
  return read;
}

/** A set of these rules, whose files were read before. */
export function assemble(org: Organisation, all: Rule[]): LoadedPolicies {
  const rules = new Map<string, Rule>();
  const problems: string[] = [];
  for (const rule of all) {
    const other = rules.get(rule.id);
    if (other !== undefined)
      problems.push(`${rule.file}: @id("${rule.id}") is in ${other.file}, too; a rule's id is its own`);
    rules.set(rule.id, rule);
  }
  if (!all.some((rule) => rule.effect === "permit"))
    problems.push("policies: no rule permits anything, so everything would be denied; write a permit");
  if (problems.length > 0) return { kind: "refused", problems };
  const schema = schemaText(org);
  const digest = digestOf(org, all, schema);
  return { kind: "valid", set: { digest, organisation: org, rules, zonesOf: zoneMap(org.zones), schema } };
}

/** Who is a member of a group is no part of it: that is looked up whenever somebody answers. */
function digestOf(org: Organisation, rules: Rule[], schema: string): string {
  const { zones, tools, timezone, budgets } = org;
  const freezes = org.freezes.map((one) => ({
    ...one,
    from: one.from.toISOString(),
    until: one.until.toISOString(),
  }));
  const texts = rules.map((rule) => `${rule.id}\n${rule.text}`).sort();
  return sha256(canonicalJson({ schema, zones, tools, timezone, budgets, freezes, texts }));
}
