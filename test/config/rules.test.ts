import { describe, expect, test } from "vitest";
import { readDefinitions } from "../../src/config/definitions.ts";
import { readPolicyCases } from "../../src/config/policy-cases.ts";
import { watchDefinitions } from "../../src/config/watch-definitions.ts";
import type { Organisation } from "../../src/domain/organisation.ts";
import { loadPolicies } from "../../src/policy/policy-set.ts";
import { goodFiles, goodOrganisation, put, temporaryRoot } from "./temporary-root.ts";

const checkRules = (organisation: Organisation): string[] => {
  const loaded = loadPolicies(organisation);
  return loaded.kind === "refused" ? loaded.problems : [];
};
const rules = (limit: string) =>
  `@id("base") permit (principal, action, resource);\n@id("big") @message("Big.") forbid (principal, action == Loom::Action::"land", resource) when { context.lines > ${limit} };\n`;
const rooted = (organisation = goodOrganisation, cedar = rules("400")) =>
  temporaryRoot({ ...goodFiles, "policies/org.yml": organisation, "policies/rules.cedar": cedar });

const organisationOf = async (root: string) => {
  const read = await readDefinitions(root, {}, { checkRules });
  if (read.kind === "refused") throw new Error(read.problems.join("\n"));
  return read.organisation;
};
const problemsOf = async (root: string) => {
  const read = await readDefinitions(root, {}, { checkRules });
  return read.kind === "refused" ? read.problems : [];
};

describe("what rules speak of", () => {
  test("is read from org.yml: zones beside the built-in ones, tools, trust, freezes, budgets, GitHub's names", async () => {
    const text = goodOrganisation
      .replace("{ name: Bob }", "{ name: Bob, github: bobo }")
      .replace(
        "maintainers: [alice, bob]",
        "maintainers: { members: [alice, bob], github: acme/maintainers }",
      );
    const organisation = await organisationOf(
      await rooted(`${text}zones:
  ledger: services/ledger/**
  controls: [deploy/**]
environments: [production, eu]
tools: { jira.comment: { writes: true, loops: [triage] } }
trust: { triage: 2 }
freezes: { sale: { from: "2026-11-26T00:00+01:00", until: "2026-11-30T00:00+01:00", why: Sale., zone: ledger } }
budgets: { run_usd: 2.5 }
`),
    );
    expect(organisation.zones.find((zone) => zone.name === "ledger")?.globs).toEqual(["services/ledger/**"]);
    const controls = organisation.zones.find((zone) => zone.name === "controls")?.globs ?? [];
    expect(controls).toEqual(expect.arrayContaining([".github/**", "policies/**", "deploy/**"]));
    expect(organisation).toMatchObject({
      environments: ["production", "eu"],
      tools: [{ name: "jira.comment", writes: true, loops: ["triage"] }],
      trust: { triage: 2 },
      budgets: { runUsdMax: 2.5 },
      freezes: [{ name: "sale", zone: "ledger", from: new Date("2026-11-25T23:00:00Z"), why: "Sale." }],
      people: [{ id: "alice" }, { id: "bob", github: "bobo" }],
      groups: [{ name: "maintainers", members: ["alice", "bob"], github: "acme/maintainers" }],
    });
  });

  test.each([
    ["zones: { all: '**' }", 'zones.all[0] "**" matches every file'],
    ["zones: { all: '*/**' }", "matches every file"],
    ["zones: { x: [/src/**] }", '"/src/**" is absolute'],
    ["zones: { x: ['a/*/b/*/c/*/d/*/e/*/f/*/g/*'] }", "more than 6 stars"],
    ["zones: { x: [] }", "zones.x has no globs"],
    ["zones: { unzoned: [a/**] }", "zones.unzoned is what paths in no zone are called"],
    ["zones: { x: a/** }\nzones: { y: b/** }", '"zones" stands here for the second time'],
    ["zones:\n\tx: a/**", "a tab indents this line"],
    ["zones: &a [*a,*a]", "not allowed here"],
    ["environments: []", "environments is empty"],
    ["tools: { jira.read: {} }", "tools.jira.read.writes is missing; write true or false"],
    [
      "tools: { jira.read: { writes: false, loops: [traige] } }",
      '"traige" is not among the loops; did you mean "triage"?',
    ],
    ["trust: { triage: 4 }", "trust.triage is 4; write a whole number from 0 to 3"],
    ["trust: { traige: 3 }", 'trust.traige "traige" is not among the loops'],
    [
      "freezes: { f: { from: '2026-01-02', until: '2026-01-03T00:00Z', why: x } }",
      "write a moment with its offset from UTC",
    ],
    [
      "freezes: { f: { from: '2026-01-02T00:00Z', until: '2026-01-01T00:00Z', why: x } }",
      "is not after its beginning",
    ],
    [
      "freezes: { f: { from: '2026-01-02T00:00Z', until: '2026-01-03T00:00Z', why: x, zone: lgder } }",
      '"lgder" is not among the zones',
    ],
  ])("%s is refused with its place", async (text, message) => {
    const problems = await problemsOf(await rooted(`${goodOrganisation}${text}\n`));
    expect(problems).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
    expect(problems[0]).toMatch(/^policies\/org\.yml:\d+: /);
  });

  test("a group may not have a name that rules use for people of the moment", async () => {
    const text = goodOrganisation.replace(
      "  maintainers: [alice, bob]",
      "  maintainers: [alice, bob]\n  approvers: [bob]",
    );
    expect(await problemsOf(await rooted(text))).toEqual([expect.stringContaining("rename the group")]);
  });
});

describe("rules and their organisation are in force together", () => {
  test("a bad edit of either never takes effect and is said; the next good one does", async () => {
    const root = await rooted();
    const said: string[][] = [];
    const definitions = await watchDefinitions(root, {
      checkRules,
      pollMs: 1e9,
      quietMs: 1e8,
      onChange: (problems) => said.push(problems),
    });
    try {
      const before = definitions.organisation();
      await put(root, { "policies/rules.cedar": rules("400").replace("lines", "lnes") });
      await definitions.reload();
      expect(definitions.organisation()).toBe(before);
      expect(said.at(-1)).toEqual([
        expect.stringMatching(/^policies\/rules\.cedar:2:\d+: attribute `lnes`.*did you mean `lines`\?$/),
      ]);

      await put(root, { "policies/rules.cedar": rules("500") });
      await definitions.reload();
      expect(said.at(-1)).toEqual([]);
      expect(definitions.organisation().rules[0]?.text).toContain("500");

      const zoned = rules("500").replace("resource) when", 'resource in Loom::Zone::"ledger") when');
      await put(root, {
        "policies/rules.cedar": zoned,
        "policies/org.yml": `${goodOrganisation}zones: { ledger: l/** }\n`,
      });
      await definitions.reload();
      expect(said.at(-1)).toEqual([]);
      await put(root, { "policies/org.yml": goodOrganisation });
      await definitions.reload();
      expect(said.at(-1)?.[0]).toContain('"ledger"');
      expect(definitions.organisation().zones.some((zone) => zone.name === "ledger")).toBe(true);
    } finally {
      definitions.close();
    }
  });

  test("without rules of its own, a root has those that are shipped", async () => {
    const shippedRoot = await temporaryRoot({
      "policies/10-base.cedar": rules("123"),
      "policies/sample.cedar": rules("456"),
    });
    const root = await temporaryRoot();
    const read = await readDefinitions(root, {}, { checkRules, shippedRoot });
    expect(read).toMatchObject({ kind: "valid", organisation: { rules: [{ text: rules("123") }] } });
    expect(await problemsOf(root)).toEqual([expect.stringContaining("no rule permits anything")]);
  });
});

describe("cases", () => {
  test("that are not right are refused with their place", () => {
    const read = readPolicyCases(
      "policies/tests/x.yml",
      "- name: a\n  do: lnad\n  expect: { outcome: allow }\n- { name: b, do: land, expect: { outcome: maybe } }\n",
    );
    expect(read).toEqual({
      kind: "refused",
      problems: [
        expect.stringMatching(/^policies\/tests\/x\.yml:2: .*"lnad" is not known; did you mean "land"\?$/),
        expect.stringMatching(/^policies\/tests\/x\.yml:4: .*"maybe" is not known/),
      ],
    });
  });
});
