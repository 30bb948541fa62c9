import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyFacts } from "../../src/domain/policy-facts.ts";
import { decide } from "../../src/policy/decide.ts";
import type { PolicySet } from "../../src/policy/policy-set.ts";
import { calling, deploying, landing, permit, setWith } from "./samples.ts";

/** Stricter has a higher number. */
const strictness = { allow: 0, hold: 1, wait: 2, deny: 3 };

const land = `principal, action == Loom::Action::"land", resource`;
const forbids = [
  `@id("a") @message("a") forbid (${land}) when { context.lines > 20 };`,
  `@id("b") @message("b") @hold("leads:1") forbid (${land}) when { context.files > 2 };`,
  `@id("c") @message("c") @hold("everyone:2") forbid (${land}) when { principal.trust < 2 };`,
  `@id("d") @message("d") @retry("time") forbid (${land}) when { context.clock.minutes < 600 };`,
  `@id("e") @message("e") @hold("leads:1") forbid (${land}) when { resource in Loom::Zone::"ledger" };`,
];

/** Every subset of the rules, read once. */
const sets = Array.from({ length: 2 ** forbids.length }, (_, bits) => bits);
const known = new Map<number, PolicySet>();
function setOf(bits: number): PolicySet {
  const set = known.get(bits) ?? setWith(forbids.filter((_, at) => bits & (1 << at)).join("\n"));
  known.set(bits, set);
  return set;
}

const person = fc.constantFrom("ada", "ben", "cy", "dan");
const approval = fc.record({ person, groups: fc.subarray(["leads", "everyone"]) });
const facts = fc
  .record({
    lines: fc.integer({ min: 0, max: 40 }),
    files: fc.integer({ min: 0, max: 5 }),
    trust: fc.integer({ min: 0, max: 3 }),
    minutes: fc.integer({ min: 0, max: 1439 }),
    path: fc.constantFrom("src/a.ts", "services/ledger/a.ts"),
    approvals: fc.array(approval, { maxLength: 3 }),
  })
  .map(({ lines, files, trust, minutes, path, approvals }): PolicyFacts => {
    const base = landing({ lines, files, touched: { [path]: lines } });
    const at = new Date(Date.parse("2026-03-03T00:00:00Z") + minutes * 60_000).toISOString();
    return { ...base, at, approvals, loop: { ...base.loop, trust } };
  });

describe("whatever the facts", () => {
  it("one more forbid never makes a ruling milder", () => {
    const bits = fc.constantFrom(...sets.filter((one) => one < 16));
    fc.assert(
      fc.property(facts, bits, (given, some) => {
        const fewer = decide(given, setOf(some));
        const more = decide(given, setOf(some | 16));
        expect(strictness[more.kind]).toBeGreaterThanOrEqual(strictness[fewer.kind]);
      }),
      { numRuns: 60 },
    );
  });

  it("one more approval never makes an allow something else, nor a denial anything else", () => {
    fc.assert(
      fc.property(facts, approval, fc.constantFrom(11, 22, 31), (given, one, bits) => {
        const before = decide(given, setOf(bits));
        const after = decide({ ...given, approvals: [...given.approvals, one] }, setOf(bits));
        expect(strictness[after.kind]).toBeLessThanOrEqual(strictness[before.kind]);
        if (before.kind === "deny") expect(after.kind).toBe("deny");
      }),
      { numRuns: 60 },
    );
  });

  it("the order of rules and of files in the change makes no difference", () => {
    const reversed = setWith([
      { label: "policies/test.cedar", text: [...forbids.toReversed(), permit].join("\n") },
    ]);
    const forwards = setOf(31);
    expect(reversed.digest).toBe(forwards.digest);
    fc.assert(
      fc.property(
        facts,
        fc.uniqueArray(fc.constantFrom("a", "b", "services/ledger/c", "d"), { minLength: 1 }),
        (given, paths) => {
          if (!("change" in given)) return;
          const withPaths = (order: string[]) => ({
            ...given,
            change: { ...given.change, touched: Object.fromEntries(order.map((path) => [path, 1])) },
          });
          expect(decide(withPaths(paths.toReversed()), reversed)).toEqual(decide(withPaths(paths), forwards));
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** Every place in a value, as a path of keys. */
const placesIn = (value: unknown, at: (string | number)[] = []): (string | number)[][] =>
  typeof value !== "object" || value === null
    ? [at]
    : [
        at,
        ...Object.entries(value).flatMap(([key, inner]) =>
          placesIn(inner, [...at, Array.isArray(value) ? Number(key) : key]),
        ),
      ];

function edited(
  facts: unknown,
  place: (string | number)[],
  edit: (holder: never, key: never) => void,
): PolicyFacts {
  const copy = structuredClone(facts);
  const holder = place.slice(0, -1).reduce((inner: never, key) => inner[key as never], copy as never);
  edit(holder, place.at(-1) as never);
  return copy as PolicyFacts;
}

describe("a fact that is missing or not what it should be denies, whichever it is", () => {
  const whole = [
    landing({
      newImports: [{ from: "a", to: "b" }],
      knownOwners: [{ group: "leads", person: null }],
      conflicts: [
        { id: "c", kind: "symbol", severity: "warn", with: "x", owner: null, text: "t", paths: ["p"] },
      ],
      recentLandings: { ledger: 1 },
    }),
    deploying("2026-03-03T10:00:00.000Z"),
    calling("jira.read"),
  ];
  const set = setWith("");
  // Which paths there are is the change's own matter: one fewer is another change.
  const isFree = (place: (string | number)[]) =>
    /^change,(touched|recentLandings),/.test(place.join()) ||
    (place.some((key) => typeof key === "number" && true) && place.at(-1) === 0);

  it("missing", () => {
    for (const facts of whole) {
      expect(decide(facts, set).kind).toBe("allow");
      for (const place of placesIn(facts).filter((one) => one.length > 0 && !isFree(one))) {
        const without = edited(facts, place, (holder, key) => delete holder[key]);
        expect([place.join("."), decide(without, set).kind]).toEqual([place.join("."), "deny"]);
      }
    }
  });

  it("null, a fraction, negative, not a number, half a character, or of another kind", () => {
    const wrong = [0.5, -1, Number.NaN, 2 ** 60, "\ud800", { a: 1 }, [[]]];
    for (const facts of whole)
      for (const place of placesIn(facts).filter(
        (one) => one.length > 0 && !/^(change,)?touched$|^change,recentLandings$/.test(one.join()),
      ))
        for (const value of wrong) {
          const odd = edited(facts, place, (holder, key) => {
            holder[key] = value as never;
          });
          expect([place.join("."), value, decide(odd, set).kind]).toEqual([place.join("."), value, "deny"]);
        }
  });

  it("unknown: an action, a repository, an environment, a kind of conflict, an extra fact", () => {
    const base = landing();
    const conflict = {
      id: "c",
      kind: "sorcery",
      severity: "hold",
      with: "x",
      owner: null,
      text: "t",
      paths: [],
    } as const;
    const odd: unknown[] = [
      null,
      {},
      { ...base, action: "merge" },
      { ...base, repository: "another" },
      { ...base, approved: true },
      { ...base, change: { ...base.change, conflicts: [conflict] } },
      { ...deploying("2026-03-03T10:00:00.000Z"), environment: "prod" },
      { ...base, at: "yesterday" },
      { ...base, change: { ...base.change, isComplete: false } },
    ];
    for (const facts of odd) {
      const ruling = decide(facts as PolicyFacts, set);
      expect([facts, ruling.kind, ruling.reasons[0]?.rule]).toEqual([facts, "deny", "engine"]);
      expect(ruling.reasons[0]?.text).toMatch(/^Policy cannot tell: /);
    }
  });
});
