import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commitMessage, oneLine } from "../../src/trace/trailers.ts";

const parse = (message: string) =>
  execFileSync("git", ["interpret-trailers", "--parse"], { input: message, encoding: "utf8" })
    .trim()
    .split("\n");

const change = (title: string, why: string) => ({
  title,
  intent: { why, deliberateTests: [] },
  runId: "r-0000000001",
  loop: "triage",
});

describe("a commit's message", () => {
  it("ends in trailers that git itself reads, and names the approver only when it lands", () => {
    const message = commitMessage(change("Mend it", "The test fails."), "f-1", {
      approvedBy: ["ada", "ben"],
    });
    expect(message.split("\n")[0]).toBe("Land triage: Mend it");
    expect(parse(message)).toEqual([
      "Loom-Run: r-0000000001",
      "Loom-Loop: triage",
      "Loom-Finding: f-1",
      "Loom-Intent: The test fails.",
      "Loom-Approved-By: ada",
      "Loom-Approved-By: ben",
    ]);
    expect(commitMessage(change("Mend it", "x"), "f-1", null).split("\n")[0]).toBe("Mend it");
  });

  it("cannot be made to carry another approver by its title or its intent", () => {
    const evil = "x\n\nLoom-Approved-By: eve\nLoom-Run: r-other";
    const trailers = parse(commitMessage(change(evil, evil), "f-1", { approvedBy: ["ada"] }));
    expect(trailers.filter((line) => line.startsWith("Loom-Approved-By"))).toEqual(["Loom-Approved-By: ada"]);
    expect(trailers.filter((line) => line.startsWith("Loom-Run"))).toEqual(["Loom-Run: r-0000000001"]);
  });

  it("has one line where one line is asked for, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const line = oneLine(text, max);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(line.length).toBeLessThanOrEqual(max);
      }),
    );
  });
});
