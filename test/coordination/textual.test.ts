import { describe, expect, it } from "vitest";
import { kindOfMerge, textualConflict } from "../../src/coordination/textual.ts";
import { changeOf, fileOf } from "./samples.ts";

const other = changeOf([], { loop: "tidy", runId: "r-theirs", title: "Theirs" });
const preview = (paths: string[], types = ["contents"]) => ({ kind: "conflict" as const, paths, types });

describe("a conflict of two changes in flight", () => {
  it("is where git cannot merge the second after the first", () => {
    expect(textualConflict(changeOf([]), other, preview(["a", "b"]))).toMatchObject({
      kind: "textual",
      severity: "hold",
      left: { runId: "r-mine" },
      right: { runId: "r-theirs", title: "Theirs" },
      paths: ["a", "b"],
      evidence: ["Whichever lands second will not merge: a, b."],
    });
  });

  it("is none where git can", () => {
    expect(textualConflict(changeOf([]), other, { kind: "clean", tree: "t" })).toBeNull();
  });

  it("has one id, whichever side finds it", () => {
    const ids = [
      textualConflict(changeOf([]), other, preview(["a"])),
      textualConflict(other, changeOf([]), preview(["a"])),
    ];
    expect(ids[0]?.id).toBe(ids[1]?.id);
  });

  it("is mechanical in change logs, manifests and lock files alone, and then holds nobody", () => {
    const found = textualConflict(changeOf([]), other, preview(["CHANGELOG.md", "api/package-lock.json"]));
    expect(found).toMatchObject({
      kind: "mechanical",
      severity: "inform",
      evidence: [
        "Whichever lands second will not merge: CHANGELOG.md (change log), api/package-lock.json (lock file).",
      ],
    });
    expect(kindOfMerge(preview(["CHANGELOG.md", "src/log.ts"]))).toBe("textual");
  });

  it("is structural where the two disagree that a file exists, or where, and says who does what", () => {
    const mine = changeOf([fileOf("src/a.ts", "1", null)]);
    const theirs = {
      ...other,
      files: [fileOf("src/a.ts", "1", "2"), fileOf("lib/b.ts", "3", "3", "src/b.ts")],
    };
    const found = textualConflict(
      mine,
      theirs,
      preview(["src/a.ts", "src/b.ts"], ["modify/delete", "contents"]),
    );
    expect(found?.kind).toBe("structural");
    expect(found?.evidence.slice(1)).toEqual([
      "src/a.ts: deleted by triage (r-mine), changed by tidy (r-theirs).",
      "src/b.ts: not touched by triage (r-mine), moved to lib/b.ts by tidy (r-theirs).",
    ]);
  });

  it("is structural by each of git's words for it, and textual by the others", () => {
    const structural = [
      ...["modify/delete", "rename/delete", "rename/rename", "add/add", "file/directory", "distinct types"],
      ...[
        "directory rename suggested",
        "directory rename unclear split",
        "file location",
        "rename involved in collision",
      ],
    ];
    for (const type of structural) expect(kindOfMerge(preview(["go.sum"], [type])), type).toBe("structural");
    for (const type of ["contents", "content", "binary", "submodule", "cannot be merged: no base"])
      expect(kindOfMerge(preview(["a.ts"], [type])), type).toBe("textual");
  });
});
