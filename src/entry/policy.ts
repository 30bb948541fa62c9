import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readDefinitions } from "../config/definitions.ts";
import type { Environment } from "../config/environment.ts";
import { findPolicyCases } from "../config/find-policies.ts";
import type { PolicyCase } from "../domain/policy-case.ts";
import { differences, replay } from "../policy/explain.ts";
import { mutantsOf, survivors } from "../policy/mutate.ts";
import { loadPolicies, type PolicySet } from "../policy/policy-set.ts";
import { runCases, uncovered } from "../policy/run-cases.ts";
import { ruleOptions } from "./check-rules.ts";
import { differenceLines, rulingLines } from "./print-ruling.ts";
import { type Rulings, withRulings } from "./rulings.ts";
import { definitionsRoot } from "./settings.ts";

type Flags = { [name: string]: string | boolean | undefined };

const policyUsage = `loom policy validate                  read the rules and org.yml, and say what is wrong, with file, line and column
loom policy test [--mutate]           run policies/tests/; with --mutate, also with a small mistake in each rule
loom policy explain RULING            make a kept ruling again from its facts (loom why RUN names rulings)
loom policy try [--since 30d] --with DIR   which past rulings the rules in DIR would make differently
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);
const complain = (line: string) => void process.stderr.write(`${line}\n`);

/** `loom policy …`: 0 when all is as it should be, 1 when not, 2 when the words are not understood. */
export async function runPolicy(words: string[], flags: Flags, environment: Environment): Promise<number> {
  const [verb, subject] = words;
  switch (verb) {
    case "validate":
      return validate();
    case "test":
      return test(flags["mutate"] === true);
    case "explain":
      if (subject === undefined) break;
      return withRulings(environment, (rulings) => explain(rulings, subject));
    case "try":
      if (typeof flags["with"] !== "string") break;
      return tryOut(environment, flags["with"], typeof flags["since"] === "string" ? flags["since"] : "30d");
  }
  complain(policyUsage);
  return 2;
}

async function validate(): Promise<number> {
  const set = await setIn(definitionsRoot());
  if (set === null) return 1;
  const own = set.organisation.rules.length;
  say(`${set.rules.size} rules in ${own} files are in order; policy digest ${set.digest.slice(0, 12)}`);
  return 0;
}

async function test(isMutating: boolean): Promise<number> {
  const root = definitionsRoot();
  const set = await setIn(root);
  const cases = await casesIn(root);
  if (set === null || cases === null) return 1;
  const results = runCases(cases, set);
  const failed = results.filter((one) => one.problems.length > 0);
  for (const one of failed)
    complain(
      `${one.case.place}: ${one.case.name}: expected ${one.case.expect.outcome}; ${one.problems.join("; ")}`,
    );
  const files = set.organisation.rules.map((file) => file.label);
  const holes = uncovered(results, set, files);
  for (const hole of holes) complain(hole);
  say(`${results.length - failed.length} of ${results.length} cases pass`);
  if (failed.length > 0 || holes.length > 0) return 1;
  return isMutating ? mutate(cases, set, files) : 0;
}

function mutate(cases: PolicyCase[], set: PolicySet, files: string[]): number {
  const mutants = mutantsOf(set, files);
  const alive = survivors(mutants, cases, set);
  for (const { rule, what } of alive) complain(`${rule.file}: ${rule.id}, ${what}: no case notices`);
  say(`${mutants.length - alive.length} of ${mutants.length} mutants are noticed`);
  return alive.length === 0 ? 0 : 1;
}

async function explain(rulings: Rulings, id: string): Promise<number> {
  const made = await rulings.ruling(id);
  if (made === null) {
    complain(`${id}: no such ruling; loom why RUN names a run's rulings`);
    return 1;
  }
  const policies = await rulings.policies(made.ruling.policyDigest);
  if (policies === null) throw new Error(`${id}: its policies are not in the record; nothing explains it`);
  for (const line of rulingLines(made)) say(line);
  const again = replay(made, policies);
  say(
    again.kind === "agrees"
      ? "made again from its facts: the same"
      : `made again from its facts: ${again.why}`,
  );
  return again.kind === "agrees" ? 0 : 1;
}

const rulingsMax = 5_000;

async function tryOut(environment: Environment, folder: string, since: string): Promise<number> {
  const days = /^(\d{1,3})d$/.exec(since)?.[1];
  if (days === undefined) {
    complain(`--since ${since}: write a number of days, e.g. --since 30d`);
    return 2;
  }
  const set = await setIn(rootOf(folder));
  if (set === null) return 1;
  return withRulings(environment, async (rulings) => {
    const from = new Date(Date.now() - Number(days) * 24 * 60 * 60 * 1000);
    const past = await rulings.since(from, rulingsMax);
    const changed = differences(past, set);
    for (const one of changed) for (const line of differenceLines(one)) say(line);
    const cut = past.length === rulingsMax ? ` (the newest ${rulingsMax})` : "";
    say(`${changed.length} of ${past.length} rulings of the last ${days} days would be another${cut}`);
    return 0;
  });
}

/** A folder with a `policies/` in it, or that folder itself. */
function rootOf(folder: string): string {
  const path = resolve(folder);
  const isPolicies = basename(path) === "policies" && existsSync(join(path, "org.yml"));
  return isPolicies ? dirname(path) : path;
}

async function setIn(root: string): Promise<PolicySet | null> {
  const read = await readDefinitions(root, {}, ruleOptions);
  if (read.kind === "refused") {
    for (const problem of read.problems) complain(problem);
    return null;
  }
  const loaded = loadPolicies(read.organisation);
  if (loaded.kind === "valid") return loaded.set;
  for (const problem of loaded.problems) complain(problem);
  return null;
}

async function casesIn(root: string): Promise<PolicyCase[] | null> {
  const read = await findPolicyCases(root);
  if (read.kind === "valid") return read.value;
  for (const problem of read.problems) complain(problem);
  return null;
}
