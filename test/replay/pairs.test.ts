import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { openHistory } from "../../src/adapters/git/open-history.ts";
import { mayCollide, touchKeys } from "../../src/coordination/overlap.ts";
import type { History } from "../../src/ports/history.ts";
import { type PairCase, type PairRow, replayPairs } from "../../src/replay/pairs.ts";
import { histories, type Step, writeHistory } from "./random-history.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function openEmpty(): Promise<{ gitDir: string; history: History }> {
  const folder = mkdtempSync(join(tmpdir(), "loom-pairs-"));
  folders.push(folder);
  const gitDir = join(folder, "repo.git");
  execFileSync("git", ["init", "--quiet", "--bare", gitDir]);
  const path = process.env["PATH"] ?? "";
  const history = await openHistory({
    repository: gitDir,
    scratch: join(folder, "scratch"),
    path,
    log: () => {},
  });
  return { gitDir, history };
}

const casesOf = ({ line, tips }: { line: string[]; tips: string[] }): PairCase[] =>
  tips.flatMap((tip) =>
    line.slice(1).map((landed, at) => ({ tip, base: line[0] ?? "", landed, landedParent: line[at] ?? "" })),
  );

async function rowsOf(history: History, cases: PairCase[]): Promise<PairRow[]> {
  const rows: PairRow[] = [];
  for await (const row of replayPairs(history, cases, () => performance.now())) rows.push(row);
  return rows;
}

/** What git says when every pair is merged. */
async function truthOf(history: History, cases: PairCase[]): Promise<boolean[]> {
  const before = await history.mergeAll(cases.map((one) => ({ ours: one.landedParent, theirs: one.tip })));
  const after = await history.mergeAll(cases.map((one) => ({ ours: one.landed, theirs: one.tip })));
  return cases.map((_, at) => before[at]?.kind === "clean" && after[at]?.kind === "conflict");
}

const edit = (file: number, line: number): Step => ({ do: "edit", file, line, text: "one" });

describe("pairs of a change in flight and a landing", () => {
  it("conflict exactly where git's merges say so, whatever moves, comes and goes", async () => {
    let [conflicts, merged, pairs] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(histories, async (wish) => {
        const { gitDir, history } = await openEmpty();
        const cases = casesOf(writeHistory(gitDir, wish));
        const truth = await truthOf(history, cases);
        const rows = await rowsOf(history, cases);
        expect(rows.map((row) => row.conflict)).toEqual(truth);
        conflicts += truth.filter(Boolean).length;
        merged += rows.filter((row) => row.merged).length;
        pairs += rows.length;
      }),
      { numRuns: 12, endOnFailure: true },
    );
    expect(conflicts).toBeGreaterThan(5);
    expect(merged).toBeLessThan(pairs * 0.8);
  });

  it("may collide by their keys wherever a landing on their own base conflicts with them", async () => {
    await fc.assert(
      fc.asyncProperty(histories, async (wish) => {
        const { gitDir, history } = await openEmpty();
        const { line, tips } = writeHistory(gitDir, { ...wish, landings: wish.landings.slice(0, 1) });
        const [base = "", landed = ""] = line;
        const keys = [];
        for await (const record of history.records([landed, ...tips].map((head) => ({ base, head }))))
          keys.push(touchKeys(record));
        const previews = await history.mergeAll(tips.map((tip) => ({ ours: landed, theirs: tip })));
        const [landing, ...others] = keys;
        for (const [at, other] of others.entries()) {
          if (landing === undefined || previews[at]?.kind === "clean") continue;
          expect(mayCollide(landing, other)).toBe(true);
          expect(mayCollide(other, landing)).toBe(true);
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it("are not merged when they change far lines of one file, and are when the lines are near", async () => {
    const { gitDir, history } = await openEmpty();
    const written = writeHistory(gitDir, {
      landings: [[edit(0, 1)], [edit(0, 9)]],
      tips: [[edit(0, 9)], [edit(0, 5)]],
    });
    const rows = await rowsOf(history, casesOf(written));
    expect(rows.map(({ conflict, merged, kinds }) => [conflict, merged, kinds])).toEqual([
      [false, false, []],
      [false, true, []],
      [false, false, []],
      [false, false, []],
    ]);
  });

  it("are merged when git may take what appears for a file that both had deleted", async () => {
    const { gitDir, history } = await openEmpty();
    const written = writeHistory(gitDir, {
      landings: [[{ do: "delete", file: 3 }], [{ do: "move", file: 4, folder: 4, name: 0 }]],
      tips: [[{ do: "delete", file: 3 }]],
    });
    const rows = await rowsOf(history, casesOf(written));
    expect(rows.map((row) => row.merged)).toEqual([true, true]);
  });

  it("say what kind the conflict is of", async () => {
    const { gitDir, history } = await openEmpty();
    const other: Step = { do: "edit", file: 0, line: 5, text: "two" };
    const written = writeHistory(gitDir, {
      landings: [[other]],
      tips: [[edit(0, 5)], [{ do: "delete", file: 0 }]],
    });
    const rows = await rowsOf(history, casesOf(written));
    expect(rows.map((row) => [row.conflict, row.kinds])).toEqual([
      [true, ["textual"]],
      [true, ["structural"]],
    ]);
  });

  it("are told weaker, and not left out, when objects are missing", async () => {
    const { gitDir, history } = await openEmpty();
    const { line, tips } = writeHistory(gitDir, { landings: [[edit(0, 5)]], tips: [[edit(0, 5)]] });
    const missing = "1".repeat(40);
    const cases = casesOf({ line, tips: [missing, tips[0] ?? ""] });
    const [base = ""] = line;
    cases.push({ tip: tips[0] ?? "", base, landed: missing, landedParent: base });
    const rows = await rowsOf(history, cases);
    expect(rows[0]).toMatchObject({ tip: missing, conflict: false, merged: false });
    expect(rows[0]?.weaker).toMatch(/^cannot be merged/);
    expect(rows[1]).toMatchObject({ tip: tips[0], conflict: false, merged: true });
    expect(rows[1]?.weaker).toBeUndefined();
    expect(rows[2]).toMatchObject({ landed: missing, conflict: false, merged: false });
    expect(rows[2]?.weaker).toMatch(/^cannot be merged/);
  });
});
