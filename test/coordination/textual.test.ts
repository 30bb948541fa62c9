import { expect, it } from "vitest";
import { textualConflict } from "../../src/coordination/textual.ts";
import { changeOf } from "./samples.ts";

const other = changeOf([], { loop: "tidy", runId: "r-theirs", title: "Theirs" });

it("two changes in flight conflict where git cannot merge the second after the first", () => {
  const preview = { kind: "conflict", paths: ["a", "b"], types: [] } as const;
  const conflict = textualConflict(changeOf([]), other, { ...preview, paths: [...preview.paths], types: [] });
  expect(conflict).toMatchObject({
    kind: "textual",
    left: { runId: "r-mine" },
    right: { runId: "r-theirs", title: "Theirs" },
    paths: ["a", "b"],
    evidence: ["Whichever lands second will not merge: a, b."],
  });
});

it("a clean merge is no conflict", () => {
  expect(textualConflict(changeOf([]), other, { kind: "clean", tree: "t" })).toBeNull();
});
