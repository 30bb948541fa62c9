import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findUndos } from "../../src/coordination/undo.ts";
import { comparedAt, undoFacts } from "../../src/coordination/undo-facts.ts";
import { type LandedRecord, openUndoIndex } from "../../src/coordination/undo-index.ts";
import type { ChangeRecord } from "../../src/domain/change-record.ts";
import { inverseOf, linesFrom, recordOf } from "./undo-samples.ts";

const at = new Date("2026-03-01T00:00:00Z");
const landed = (sha: string, author: string, record: ChangeRecord): LandedRecord => ({
  sha,
  author,
  at,
  record,
});
const indexOf = (...all: LandedRecord[]) => {
  const index = openUndoIndex();
  for (const one of all) index.add(one);
  return index;
};
const lookback = 200;
/** What `mia` would take back of what `tom` landed as `c`. */
const rulesAgainst = (theirs: ChangeRecord, mine: ChangeRecord, author = "mia"): string[] =>
  findUndos({ author, record: mine }, indexOf(landed("c", "tom", theirs)), { lookback }).map(
    (undo) => undo.rule,
  );

const edit = recordOf({ "src/a.ts": { added: linesFrom(1, 8), removed: linesFrom(20, 6) } });

describe("undo of a landed change", () => {
  it("is a file that is again what it was, told in words", () => {
    const mine = inverseOf(edit, { blobs: true });
    const [undo] = findUndos({ author: "mia", record: mine }, indexOf(landed("c0ffee112233", "tom", edit)), {
      lookback,
    });
    expect(undo).toMatchObject({
      sha: "c0ffee112233",
      rule: "T1",
      paths: ["src/a.ts"],
      isTestIntent: false,
      undoes: [],
      share: 1,
    });
    expect(undo?.evidence).toEqual(["src/a.ts would be exactly what it was before c0ffee11."]);
  });

  it("is lines that go and lines that come back, in a file that has gone on since", () => {
    expect(rulesAgainst(edit, inverseOf(edit, { blobs: false }))).toEqual(["T4"]);
    const mostly = recordOf({
      "src/a.ts": { added: [...linesFrom(20, 5), ...linesFrom(50, 9)], removed: linesFrom(1, 6) },
    });
    expect(rulesAgainst(edit, mostly)).toEqual(["T2"]);
  });

  it("is one side that goes, when nothing new takes its place", () => {
    const addition = recordOf({ "src/a.ts": { added: linesFrom(1, 10) } });
    const removal = recordOf({ "src/a.ts": { removed: linesFrom(1, 9) } });
    expect(rulesAgainst(addition, removal)).toEqual(["T3"]);
    const rewriting = recordOf({ "src/a.ts": { removed: linesFrom(1, 10), added: linesFrom(60, 9) } });
    expect(rulesAgainst(addition, rewriting)).toEqual([]);
  });

  it("is one line, when it is all of both changes", () => {
    const line = recordOf({ "src/a.ts": { added: [7] } });
    expect(rulesAgainst(line, recordOf({ "src/a.ts": { removed: [7] } }))).toEqual(["T4"]);
    expect(rulesAgainst(line, recordOf({ "src/a.ts": { removed: [7, 8, 9] } }))).toEqual([]);
    expect(rulesAgainst(line, recordOf({ "src/b.ts": { removed: [7] } }))).toEqual([]);
  });

  it("is a part of a change, when the other does nothing else", () => {
    const large = recordOf({ "src/a.ts": { added: linesFrom(1, 60) } });
    expect(rulesAgainst(large, recordOf({ "src/a.ts": { removed: linesFrom(1, 25) } }))).toEqual(["T5"]);
    expect(
      rulesAgainst(large, recordOf({ "src/a.ts": { removed: linesFrom(1, 25), added: linesFrom(80, 25) } })),
    ).toEqual([]);
  });

  it("is found sooner in one's own changes", () => {
    const half = recordOf({ "src/a.ts": { added: linesFrom(20, 3), removed: linesFrom(1, 5) } });
    expect(rulesAgainst(edit, half, "mia")).toEqual([]);
    expect(rulesAgainst(edit, half, "tom")).toEqual(["T2"]);
  });

  it("is not the next version of what one wrote oneself, whose earlier one does not come back", () => {
    const bump = recordOf({ "ci.yml": { added: linesFrom(10, 3), removed: linesFrom(1, 3) } });
    const next = recordOf({ "ci.yml": { added: linesFrom(20, 3), removed: linesFrom(10, 3) } });
    expect(rulesAgainst(bump, next, "tom")).toEqual([]);
    const addition = recordOf({ "src/a.ts": { added: linesFrom(1, 10) } });
    const rewriting = recordOf({ "src/a.ts": { removed: linesFrom(1, 10), added: linesFrom(60, 9) } });
    expect(rulesAgainst(addition, rewriting, "tom")).toEqual([]);
    expect(
      rulesAgainst(
        bump,
        recordOf({ "ci.yml": { added: linesFrom(1, 3), removed: linesFrom(10, 3) } }),
        "tom",
      ),
    ).toEqual(["T4"]);
  });

  it("is no passing likeness in a change of the whole tree", () => {
    const small = recordOf({ "src/a.ts": { added: [1], removed: [2] } });
    const formatting = recordOf({
      "src/a.ts": { added: [2, ...linesFrom(100, 40)], removed: [1, ...linesFrom(200, 40)] },
    });
    expect(rulesAgainst(small, formatting)).toEqual([]);
  });

  it("is not judged by lock files and change logs where people wrote something", () => {
    const theirs = recordOf({
      "src/a.ts": { added: linesFrom(1, 4) },
      "yarn.lock": { added: linesFrom(100, 300) },
    });
    const onlyLock = recordOf({ "yarn.lock": { removed: linesFrom(100, 300) } });
    expect(rulesAgainst(theirs, onlyLock)).toEqual([]);
    const onlySource = recordOf({
      "src/a.ts": { removed: linesFrom(1, 4) },
      "yarn.lock": { added: linesFrom(900, 80) },
    });
    expect(rulesAgainst(theirs, onlySource)).toEqual(["T4"]);
  });

  it("is no deletion whose content lives on at another path", () => {
    const addition = recordOf({ "a.bin": { before: null, after: "x" } });
    expect(rulesAgainst(addition, recordOf({ "a.bin": { before: "x", after: null } }))).toEqual(["T1"]);
    expect(rulesAgainst(addition, recordOf({ "b.bin": { from: "a.bin", before: "x", after: "x" } }))).toEqual(
      [],
    );
  });

  it("sees a file that moves back", () => {
    const move = recordOf({ "b.ts": { from: "a.ts", before: "x", after: "x" } });
    expect(rulesAgainst(move, inverseOf(move, { blobs: true }))).toEqual(["T1"]);
  });

  it("looks back so many changes, and no further", () => {
    const others = Array.from({ length: 5 }, (_, n) =>
      landed(`o${n}`, "tom", recordOf({ [`src/${n}.ts`]: { added: [n] } })),
    );
    const index = indexOf(landed("c", "tom", edit), ...others);
    const change = { author: "mia", record: inverseOf(edit, { blobs: false }) };
    expect(findUndos(change, index, { lookback: 6 }).map((undo) => undo.sha)).toEqual(["c"]);
    expect(findUndos(change, index, { lookback: 5 })).toEqual([]);
  });

  it("names the fullest first, then the nearest", () => {
    const whole = recordOf({ "src/a.ts": { added: linesFrom(1, 8) } });
    const index = indexOf(landed("far", "tom", whole), landed("near", "tom", whole));
    const change = { author: "mia", record: recordOf({ "src/a.ts": { removed: linesFrom(1, 8) } }) };
    expect(findUndos(change, index, { lookback }).map((undo) => undo.sha)).toEqual(["near", "far"]);
  });

  it("of an undo is the second flip of the same thing", () => {
    const undo = inverseOf(edit, { blobs: true });
    const index = indexOf(landed("first", "tom", edit), landed("second", "mia", undo));
    const [flip] = findUndos({ author: "tom", record: inverseOf(undo, { blobs: true }) }, index, {
      lookback,
    });
    expect(flip).toMatchObject({ sha: "second", undoes: ["first"] });
  });
});

describe("test intent", () => {
  const both = recordOf({
    "src/a.ts": { added: linesFrom(1, 30) },
    "test/a.test.ts": { added: linesFrom(50, 4), removed: linesFrom(60, 2) },
  });
  const tests = recordOf({ "test/a.test.ts": { added: linesFrom(60, 2), removed: linesFrom(50, 4) } });
  const intents = (theirs: ChangeRecord, mine: ChangeRecord) =>
    findUndos({ author: "mia", record: mine }, indexOf(landed("c", "tom", theirs)), { lookback }).map(
      (undo) => undo.isTestIntent,
    );

  it("is turned back when only the tests of a change to code and tests go back", () => {
    expect(intents(both, tests)).toEqual([true]);
  });

  it("is not turned back together with the code, nor when there was none", () => {
    expect(intents(both, inverseOf(both, { blobs: true }))).toEqual([false]);
    expect(
      intents(
        recordOf({ "test/a.test.ts": { added: linesFrom(50, 4) } }),
        recordOf({ "test/a.test.ts": { removed: linesFrom(50, 4) } }),
      ),
    ).toEqual([false]);
    expect(
      intents(
        recordOf({ "CHANGELOG.md": { added: [9] }, "test/a.test.ts": { added: linesFrom(50, 4) } }),
        recordOf({ "test/a.test.ts": { removed: linesFrom(50, 4) } }),
      ),
    ).toEqual([false]);
  });

  it("is not turned back by going on with the tests", () => {
    const goingOn = recordOf({ "test/a.test.ts": { removed: linesFrom(50, 2), added: linesFrom(90, 6) } });
    expect(intents(both, goingOn)).toEqual([]);
  });
});

const file = fc.record({
  added: fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { maxLength: 30 }),
  removed: fc.uniqueArray(fc.integer({ min: 5_001, max: 9_999 }), { maxLength: 30 }),
});
const files = fc.dictionary(
  fc.constantFrom("src/a.ts", "src/b.ts", "test/c.test.ts", "README.md", "yarn.lock"),
  file,
  { minKeys: 1 },
);

describe("any change", () => {
  it("is undone by its inverse, at once and after its files have gone on", () => {
    fc.assert(
      fc.property(files, fc.boolean(), (some, blobs) => {
        const record = recordOf(some);
        const facts = undoFacts(record);
        const { added, removed } = facts.sizes[comparedAt(facts)];
        fc.pre(blobs || added + removed > 0);
        expect(rulesAgainst(record, inverseOf(record, { blobs }))).toHaveLength(1);
      }),
    );
  });

  it("is not undone by one that shares no line and no content with it", () => {
    fc.assert(
      fc.property(files, files, (theirs, mine) => {
        const moved = Object.entries(mine).map(([path, { added, removed }]) => {
          const shift = (lines: number[]) => lines.map((line) => line + 20_000);
          return [path, { added: shift(added), removed: shift(removed) }];
        });
        expect(rulesAgainst(recordOf(theirs), recordOf(Object.fromEntries(moved)))).toEqual([]);
      }),
    );
  });
});
