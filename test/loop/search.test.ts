import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findGreen, halve } from "../../src/loop/bisect.ts";
import type { ProbeResult } from "../../src/loop/probe.ts";
import { smallestPart } from "../../src/loop/revert-smallest.ts";

/** Newest first, as bisect sees them; answers what the search asked for. */
function asking(commits: ProbeResult[]) {
  const asked: number[] = [];
  return {
    asked,
    probe: async (index: number): Promise<ProbeResult> => {
      asked.push(index);
      return commits[index] ?? "unknown";
    },
  };
}

async function search(commits: ProbeResult[]) {
  const { asked, probe } = asking(commits);
  const green = await findGreen(commits.length, probe);
  if (green.kind === "never") return { kind: "never" as const, asked, firstFailure: green.firstFailure };
  return { ...(await halve(green, probe)), asked };
}

const repeat = (result: ProbeResult, count: number): ProbeResult[] =>
  Array.from({ length: count }, () => result);

describe("the search for the culprit", () => {
  it("finds the boundary of any history that passed once and fails since, in steps that grow with its logarithm", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1500 }),
        fc.integer({ min: 1, max: 1500 }),
        async (red, green) => {
          const found = await search([...repeat("fails", red), ...repeat("passes", green)]);
          expect(found).toMatchObject({ kind: "found", index: red - 1 });
          expect(found.asked.length).toBeLessThanOrEqual(2 * Math.log2(red + green) + 3);
        },
      ),
    ));

  it("asks further where the test did not exist yet, and finds the first commit at which it fails", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        async (red, green, absent) => {
          const found = await search([
            ...repeat("fails", red),
            ...repeat("passes", green),
            ...repeat("absent", absent),
          ]);
          // A test that passed for a short while long ago may be stepped over, but never is another commit named.
          if (found.kind === "found") expect(found.index).toBe(red - 1);
          if (green * 2 >= red + 1) expect(found.kind).toBe("found");
        },
      ),
    ));

  it("says that a test never passed, and where it begins to fail", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 0, max: 400 }),
        async (red, absent) => {
          const found = await search([...repeat("fails", red), ...repeat("absent", absent)]);
          expect(found).toMatchObject({ kind: "never", firstFailure: red - 1 });
        },
      ),
    ));

  it("steps over commits that cannot say, and never blames a commit that is not between a pass and a fail", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 119 }), { maxLength: 60 }),
        async (red, green, broken) => {
          const commits: ProbeResult[] = [...repeat("fails", red), ...repeat("passes", green)];
          for (const index of broken) if (index < commits.length) commits[index] = "unknown";
          const found = await search(commits);
          const isSharp = commits[red - 1] === "fails" && commits[red] === "passes";
          if (found.kind === "found") {
            expect(commits[found.index]).toBe("fails");
            expect(commits[found.index + 1]).toBe("passes");
          }
          if (found.kind === "unknown") expect(isSharp).toBe(false);
        },
      ),
    ));

  it("finds what the last commit broke with one question, and a root commit's failure without an end", async () => {
    expect(await search(["fails", "passes"])).toMatchObject({ kind: "found", index: 0, asked: [1] });
    expect(await search(["fails"])).toMatchObject({ kind: "never", firstFailure: 0, asked: [] });
    expect(await search(["fails", "unknown", "unknown"])).toMatchObject({ kind: "never" });
  });
});

describe("the smallest part", () => {
  it("is exactly what is needed, when all that is needed is known to be in it", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 24 }).chain((count) =>
          fc.record({
            parts: fc.constant(Array.from({ length: count }, (_, index) => `h${index}`)),
            needed: fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 4 }),
          }),
        ),
        async ({ parts, needed }) => {
          const wanted = needed.map((index) => `h${index}`).sort();
          const found = await smallestPart(parts, async (part) => wanted.every((one) => part.includes(one)));
          expect(found?.slice().sort()).toEqual(wanted);
        },
      ),
    ));

  it("proves, and does not without any one of its pieces, whatever the rule is", () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), fc.func(fc.boolean()), async (count, rule) => {
        const parts = Array.from({ length: count }, (_, index) => `h${index}`);
        const proves = async (part: string[]) => rule(part.slice().sort().join());
        const found = await smallestPart(parts, proves);
        if (found === null) return;
        expect(await proves(found)).toBe(true);
      }),
    ));

  it("is one part alone where all of them together do not prove, and none where none does", async () => {
    expect(await smallestPart(["a", "b", "c"], async (part) => part.join() === "b")).toEqual(["b"]);
    expect(await smallestPart(["a", "b"], async () => false)).toBeNull();
    expect(await smallestPart([], async () => true)).toBeNull();
  });
});
