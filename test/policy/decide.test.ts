import { describe, expect, it } from "vitest";
import type { Conflict } from "../../src/domain/conflict.ts";
import { decide } from "../../src/policy/decide.ts";
import { fileOf } from "../coordination/samples.ts";

const facts = {
  loop: "triage",
  isTrusted: false,
  approvers: "leads",
  files: [fileOf("a", "1", "2")],
  conflicts: [],
  limits: { filesMax: 2, linesMax: 10 },
};

const conflict: Conflict = {
  id: "c-1",
  kind: "undo",
  left: { title: "Mine", intent: "" },
  right: { loop: "tidy", sha: "0123456789", title: "Theirs", intent: "Banks round half to even." },
  paths: ["a"],
  evidence: [],
};

describe("the ruling on a landing", () => {
  it("holds every change for the repository's approvers, and says so", () => {
    expect(decide(facts)).toEqual({
      kind: "hold",
      group: "leads",
      reasons: [{ rule: "every-change", text: "Every change of triage is approved by leads." }],
    });
  });

  it("allows a trusted loop's change", () => {
    expect(decide({ ...facts, isTrusted: true })).toMatchObject({
      kind: "allow",
      reasons: [{ rule: "trusted-loop" }],
    });
  });

  it("holds a conflict for people, trusted loop or not, with the other side's intent", () => {
    expect(decide({ ...facts, isTrusted: true, conflicts: [conflict] })).toMatchObject({
      kind: "hold",
      reasons: [
        {
          rule: "conflict-undo",
          text: "It undoes a deliberate change by tidy (01234567): Banks round half to even.",
        },
      ],
    });
  });

  it("denies what is over the loop's limits, before anything else, and exactly over", () => {
    const two = [fileOf("a", "1", "2"), fileOf("b", "1", "2")];
    expect(decide({ ...facts, files: two }).kind).toBe("hold");
    const three = [...two, fileOf("c", "1", "2")];
    expect(decide({ ...facts, isTrusted: true, files: three })).toEqual({
      kind: "deny",
      reasons: [{ rule: "files-max", text: "3 files changed; the loop's limit is 2." }],
    });
    const long = [{ ...fileOf("a", "1", "2"), added: 8, removed: 3 }];
    expect(decide({ ...facts, files: long })).toMatchObject({
      kind: "deny",
      reasons: [{ text: "11 lines changed; the loop's limit is 10." }],
    });
  });
});
