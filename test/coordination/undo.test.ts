import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findUndone } from "../../src/coordination/undo.ts";
import { changeOf, fileOf, landedOf } from "./samples.ts";

describe("undo of a landed change", () => {
  it("is found when a path is again what it was before, with both sides and who approved", () => {
    const [conflict] = findUndone(changeOf([fileOf("a", "2", "1")]), [landedOf([fileOf("a", "1", "2")])]);
    expect(conflict).toMatchObject({
      kind: "undo",
      left: { loop: "triage", runId: "r-mine" },
      right: { loop: "tidy", intent: "Banks round half to even." },
      paths: ["a"],
      evidence: [
        "a would be exactly what it was before 01234567.",
        "tidy landed 01234567 on 2026-03-01, approved by ada and ben.",
      ],
    });
  });

  it("is not seen in another change of the same lines, nor in a run's own landing", () => {
    expect(findUndone(changeOf([fileOf("a", "2", "3")]), [landedOf([fileOf("a", "1", "2")])])).toEqual([]);
    const own = landedOf([fileOf("a", "1", "2")], { runId: "r-mine" });
    expect(findUndone(changeOf([fileOf("a", "2", "1")]), [own])).toEqual([]);
  });

  it("needs at least half of what landed, and half of what the change touches", () => {
    const landed = landedOf([fileOf("a", "1", "2"), fileOf("b", "1", "2"), fileOf("c", "1", "2")]);
    const undoesOne = changeOf([fileOf("a", "2", "1")]);
    expect(findUndone(undoesOne, [landed])).toEqual([]);
    const undoesTwo = changeOf([fileOf("a", "2", "1"), fileOf("b", "2", "1")]);
    expect(findUndone(undoesTwo, [landed])).toHaveLength(1);
    const among = changeOf([fileOf("a", "2", "1"), fileOf("x", "1", "2"), fileOf("y", "1", "2")]);
    expect(findUndone(among, [landedOf([fileOf("a", "1", "2")])])).toEqual([]);
  });

  it("is found in a file that was added and goes, that was deleted and is back, and that was renamed and is named back", () => {
    expect(findUndone(changeOf([fileOf("a", "1", null)]), [landedOf([fileOf("a", null, "1")])])).toHaveLength(
      1,
    );
    expect(findUndone(changeOf([fileOf("a", null, "1")]), [landedOf([fileOf("a", "1", null)])])).toHaveLength(
      1,
    );
    const back = changeOf([fileOf("a", "1", "1", "b")]);
    expect(findUndone(back, [landedOf([fileOf("b", "1", "1", "a")])])).toHaveLength(1);
  });

  it("is not a deletion whose content lives on at another path", () => {
    const moved = changeOf([fileOf("lib/a", "1", "1", "a")]);
    expect(findUndone(moved, [landedOf([fileOf("a", null, "1")])])).toEqual([]);
  });

  it("is found for every exact inverse, and has the same id whenever it is found", () => {
    const file = fc.record({
      path: fc.constantFrom("a", "b", "c", "d"),
      before: fc.constantFrom("1", "2", null),
      after: fc.constantFrom("3", "4"),
    });
    const files = fc.uniqueArray(file, { selector: (one) => one.path, minLength: 1 });
    fc.assert(
      fc.property(files, (all) => {
        const landed = landedOf(all.map((one) => fileOf(one.path, one.before, one.after)));
        const inverse = changeOf(all.map((one) => fileOf(one.path, one.after, one.before)));
        const [conflict] = findUndone(inverse, [landed]);
        expect(conflict?.paths).toEqual(all.map((one) => one.path));
        expect(findUndone(inverse, [landed])[0]?.id).toBe(conflict?.id);
      }),
    );
  });
});
