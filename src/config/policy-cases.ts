import { z } from "zod";
import type { PolicyCase } from "../domain/policy-case.ts";
import { conflictKinds } from "../domain/policy-facts.ts";
import { policyActions } from "../domain/ruling.ts";
import { quoted, refused, valid } from "./parsed.ts";
import { fields, listOf, numeric, oneOf, readShape, type Shaped, text } from "./shape.ts";
import { readYaml } from "./yaml-file.ts";

const anyText = (wanted: string) => text(wanted, (given) => valid(given));
const texts = (wanted: string) => listOf(anyText(wanted), 200);
const count = numeric({ min: 0, max: 1_000_000_000 }, "whole");
const counts = z.record(z.string(), count);
const money = numeric({ min: 0, max: 1_000_000 }, "any");

const moment = text('a moment such as "2026-11-27T15:00+01:00"', (given) => {
  const at = new Date(given);
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(given);
  return isWhole && !Number.isNaN(at.getTime())
    ? valid(at)
    : refused(
        `is ${quoted(given)}; write a moment with its offset from UTC, such as "2026-11-27T15:00+01:00"`,
      );
});

const conflict = fields({
  kind: oneOf(conflictKinds),
  severity: oneOf(["inform", "warn", "hold", "stop"]).default("hold"),
  with: anyText("the other loop").default("another"),
  owner: anyText("a person").optional(),
  text: anyText("what it is").default("It conflicts."),
});

const freeze = fields({
  kind: oneOf(["freeze", "stop"]).default("freeze"),
  zone: anyText("a zone").optional(),
  until: moment.optional(),
  by: anyText("a person").default("somebody"),
  why: anyText("why").default("Because."),
});

const change = fields({
  complete: z.boolean().optional(),
  binary_files: texts("a path").optional(),
  generated_files: texts("a path").optional(),
  mode_changes: texts("a path").optional(),
  symlinks: texts("a path").optional(),
  submodules: texts("a path").optional(),
  tests_added: count.optional(),
  tests_removed: texts("a test").optional(),
  weakened_tests: texts("a path").optional(),
  new_dependencies: texts("a dependency such as npm:left-pad").optional(),
  dynamic_imports: texts("a path").optional(),
  unparsed: texts("a path").optional(),
  secrets: texts("where, and what").optional(),
  owners: texts("an owner such as @acme/payments").optional(),
  unowned: count.optional(),
  conflicts: listOf(conflict, 50).optional(),
  cites: texts("a decision").optional(),
  claimed_by_others: texts("a path").optional(),
  recent_landings: counts.optional(),
});

const oneCase = fields({
  name: anyText("what must be so, in a sentence"),
  do: oneOf(policyActions),
  repository: anyText("a repository").optional(),
  loop: fields({
    name: anyText("a loop").optional(),
    owner: anyText("a person").optional(),
    kind: anyText("the kind of its maker").optional(),
    trust: numeric({ min: 0, max: 3 }, "whole").optional(),
    attempts: count.optional(),
    files_max: count.optional(),
    lines_max: count.optional(),
  }).default({}),
  at: moment.default(new Date("2026-03-03T10:00:00Z")),
  to: anyText("an environment").optional(),
  tool: anyText("a tool").optional(),
  files: counts.default({}),
  imports: listOf(fields({ from: anyText("a path"), to: anyText("a path") }), 200).default([]),
  change: change.default({}),
  tainted: texts("what was read, e.g. issue").default([]),
  spent_usd: money.default(0),
  budget_usd: money.default(10),
  freezes: listOf(freeze, 50).default([]),
  approvals: texts("a person or a group").default([]),
  expect: fields({
    outcome: oneOf(["allow", "hold", "wait", "deny"]),
    by: texts("a rule's id").optional(),
    groups: texts("a group").optional(),
    until: moment.optional(),
    text: anyText("words of a reason").optional(),
  }),
});
type RawCase = z.output<typeof oneCase>;

/** Reads one file of cases: a list, or one case. */
export function readPolicyCases(label: string, content: string): Shaped<PolicyCase[]> {
  const yaml = readYaml(label, content);
  if (yaml.kind === "refused") return yaml;
  const { file } = yaml;
  const shaped = readShape(file, listOf(oneCase, 1_000));
  if (shaped.kind === "refused") return shaped;
  return {
    kind: "valid",
    value: shaped.value.map((raw, at) => toCase(raw, `${label}:${file.lineOf([at])}`)),
  };
}

function toCase(raw: RawCase, place: string): PolicyCase {
  const { loop, expect } = raw;
  return {
    name: raw.name,
    place,
    action: raw.do,
    loop: without({
      name: loop.name,
      owner: loop.owner,
      kind: loop.kind,
      trust: loop.trust,
      attempts: loop.attempts,
      filesMax: loop.files_max,
      linesMax: loop.lines_max,
    }),
    at: raw.at,
    files: raw.files,
    imports: raw.imports,
    change: toChange(raw.change),
    taints: raw.tainted,
    spentUsd: raw.spent_usd,
    budgetUsd: raw.budget_usd,
    freezes: raw.freezes.map((one) => ({
      ...{ kind: one.kind, by: one.by, why: one.why },
      zone: one.zone ?? null,
      until: one.until?.toISOString() ?? null,
    })),
    approvals: raw.approvals,
    expect: {
      outcome: expect.outcome,
      ...without({ by: expect.by, groups: expect.groups, until: expect.until, text: expect.text }),
    },
    ...without({ repository: raw.repository, environment: raw.to, tool: raw.tool }),
  };
}

function toChange(raw: RawCase["change"]): PolicyCase["change"] {
  return without({
    isComplete: raw.complete,
    binaryFiles: raw.binary_files,
    generatedFiles: raw.generated_files,
    modeChanges: raw.mode_changes,
    symlinks: raw.symlinks,
    submodules: raw.submodules,
    testsAdded: raw.tests_added,
    testsRemoved: raw.tests_removed,
    weakenedTests: raw.weakened_tests,
    newDependencies: raw.new_dependencies,
    dynamicImports: raw.dynamic_imports,
    unparsed: raw.unparsed,
    secrets: raw.secrets,
    owners: raw.owners,
    unowned: raw.unowned,
    conflicts: raw.conflicts?.map((one, at) => ({
      ...{ id: `c-${at}`, kind: one.kind, severity: one.severity, with: one.with, text: one.text },
      owner: one.owner ?? null,
      paths: [],
    })),
    cites: raw.cites,
    claimedByOthers: raw.claimed_by_others,
    recentLandings: raw.recent_landings,
  });
}

/** Leaves out what is undefined, which is another thing than a key without a value. */
function without<T extends object>(given: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
