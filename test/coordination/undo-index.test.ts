import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { undoFacts } from "../../src/coordination/undo-facts.ts";
import { openUndoIndex } from "../../src/coordination/undo-index.ts";
import { linesFrom, recordOf } from "./undo-samples.ts";

const at = new Date(0);
const shasOf = (entries: { sha: string }[]) => entries.map((entry) => entry.sha);

describe("the undo index", () => {
  it("answers what shares lines, a path and a side, newest first", () => {
    const index = openUndoIndex();
    const add = (sha: string, path: string, added: number[]) =>
      index.add({ sha, author: "tom", at, record: recordOf({ [path]: { added } }) });
    add("one", "a.ts", [1, 2, 3]);
    add("elsewhere", "b.ts", [1, 2, 3]);
    add("others", "a.ts", [4, 5, 6]);
    add("two", "a.ts", [3, 2]);
    const facts = undoFacts(recordOf({ "a.ts": { removed: [1, 2, 3] } }));
    expect(shasOf(index.candidates(facts, 10))).toEqual(["two", "one"]);
    expect(index.candidates(undoFacts(recordOf({ "a.ts": { added: [1, 2, 3] } })), 10)).toEqual([]);
  });

  it("finds the target of an undo that is too large to look up whole", () => {
    const index = openUndoIndex();
    const lines = linesFrom(1, 30_000).map((line) => line * 7_919);
    index.add({ sha: "import", author: "tom", at, record: recordOf({ "big.c": { added: lines } }) });
    index.add({
      sha: "small",
      author: "tom",
      at,
      record: recordOf({ "big.c": { added: lines.slice(0, 20) } }),
    });
    const removal = undoFacts(recordOf({ "big.c": { removed: lines.slice(0, 25_000) } }));
    expect(shasOf(index.candidates(removal, 10))).toContain("import");
  });

  it("forgets all of a change that is older than it keeps", () => {
    const changes = fc.array(
      fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 8 }), (all, changesMax) => {
        const [small, fresh] = [openUndoIndex({ changesMax }), openUndoIndex()];
        const kept = all.map((added, n) => ({
          sha: `c${n}`,
          author: "tom",
          at,
          record: recordOf({ "a.ts": { added, before: `b${n}`, after: `b${n + 1}` } }),
        }));
        for (const one of kept) small.add(one);
        for (const one of kept.slice(-changesMax)) fresh.add(one);
        const facts = undoFacts(recordOf({ "a.ts": { removed: linesFrom(1, 30), after: "b0" } }));
        expect(shasOf(small.candidates(facts, 100))).toEqual(shasOf(fresh.candidates(facts, 100)));
      }),
    );
  });
});
