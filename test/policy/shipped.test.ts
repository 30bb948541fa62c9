import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readDefinitions } from "../../src/config/definitions.ts";
import { readPolicyCases } from "../../src/config/policy-cases.ts";
import { floor } from "../../src/policy/floor.ts";
import { mutantsOf, survivors } from "../../src/policy/mutate.ts";
import { loadPolicies } from "../../src/policy/policy-set.ts";
import { runCases, uncovered } from "../../src/policy/run-cases.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function shipped() {
  const read = await readDefinitions(root);
  if (read.kind === "refused") throw new Error(read.problems.join("\n"));
  const loaded = loadPolicies(read.organisation);
  if (loaded.kind === "refused") throw new Error(loaded.problems.join("\n"));
  const cases = readdirSync(`${root}/policies/tests`).flatMap((name) => {
    const found = readPolicyCases(
      `policies/tests/${name}`,
      readFileSync(`${root}/policies/tests/${name}`, "utf8"),
    );
    if (found.kind === "refused") throw new Error(found.problems.join("\n"));
    return found.value;
  });
  const files = [floor.label, ...read.organisation.rules.map((file) => file.label)];
  return { set: loaded.set, cases, files };
}

describe("the shipped rules", () => {
  it("pass their cases, and each has one in which it speaks and one in which it does not", async () => {
    const { set, cases, files } = await shipped();
    const results = runCases(cases, set);
    expect(
      results
        .filter((one) => one.problems.length > 0)
        .map((one) => [one.case.place, one.case.name, one.problems]),
    ).toEqual([]);
    expect(uncovered(results, set, files)).toEqual([]);
  });

  it("do not survive a small mistake in any of them", async () => {
    const { set, cases, files } = await shipped();
    const mutants = mutantsOf(set, files);
    expect(mutants.length).toBeGreaterThan(60);
    expect(survivors(mutants, cases, set).map((one) => `${one.rule.id}: ${one.what}`)).toEqual([]);
  }, 60_000);
});
