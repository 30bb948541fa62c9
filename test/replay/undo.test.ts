import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { runReplay } from "../../src/entry/replay/replay.ts";
import { type Files, git, put, tempFolder } from "../adapters/git/world.ts";

/** A history: who did what. Messages say nothing. */
async function repository(steps: [who: string, files: Files][]): Promise<{ dir: string; shas: string[] }> {
  const dir = tempFolder();
  git(dir, "init", "-q", "-b", "main");
  const shas: string[] = [];
  for (const [who, files] of steps) {
    await put(dir, files);
    git(dir, "add", "-A");
    git(dir, "commit", "-q", `--author=${who} <${who}@example.org>`, "-m", "Revert nothing");
    shas.push(git(dir, "rev-parse", "HEAD"));
  }
  return { dir, shas };
}

interface Ended {
  rows: { [key: string]: unknown }[];
  text: string;
}

/** `loom replay undo --json`, in this process: what it writes to standard output. */
async function replay(repo: string, flags: { [name: string]: string } = {}): Promise<Ended> {
  let text = "";
  const written = vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
    text += piece;
    return true;
  });
  try {
    expect(await runReplay(["undo"], { repo, json: true, ...flags }, process.env["PATH"] ?? "")).toBe(0);
  } finally {
    written.mockRestore();
  }
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return { rows, text };
}

const plain = "first line\nsecond line\nthird line\n";
const changed = "first line\nsecond thought\nthird line\nfourth line\n";

describe("loom replay undo", () => {
  it("writes a row for each commit that takes something back, by contents and authors alone, and a summary", async () => {
    const { dir, shas } = await repository([
      ["ada", { "src/a.ts": plain, "test/a.test.ts": plain }],
      ["bob", { "src/a.ts": changed, "test/a.test.ts": changed }],
      ["cleo", { "src/b.ts": plain }],
      ["ada", { "test/a.test.ts": plain }],
      ["bob", { "test/a.test.ts": changed }],
      ["bob", { "CHANGELOG.md": plain }],
      ["bob", { "CHANGELOG.md": null }],
    ]);
    const { rows } = await replay(dir);
    expect(rows).toMatchObject([
      {
        sha: shas[3],
        undoes: [shas[1]],
        rule: "C8",
        paths: ["test/a.test.ts"],
        crossAuthor: true,
        testOnly: true,
        generated: false,
        pingPong: false,
      },
      { sha: shas[4], undoes: [shas[3]], crossAuthor: true, pingPong: true },
      { sha: shas[6], undoes: [shas[5]], crossAuthor: false, generated: true, testOnly: false },
      { summary: { commits: 7, flags: 3, crossAuthor: 2, pingPong: 1, weaker: 0 } },
    ]);
    expect(JSON.stringify(rows)).not.toContain("Revert");
  });

  it("knows what came just before the commits that it was asked for", async () => {
    const { dir, shas } = await repository([
      ["ada", { a: plain }],
      ["bob", { a: changed }],
      ["cleo", { a: plain }],
    ]);
    const { rows } = await replay(dir, { last: "1" });
    expect(rows).toMatchObject([{ sha: shas[2], undoes: [shas[1]] }, { summary: { commits: 1, flags: 1 } }]);
    expect((await replay(dir, { rev: "HEAD~1" })).rows).toMatchObject([
      { summary: { commits: 2, flags: 0 } },
    ]);
  });

  it("goes on behind the last whole row of an earlier one, and says the same in all", async () => {
    const steps = Array.from({ length: 24 }, (_, n): [string, Files] => [
      n % 2 === 0 ? "ada" : "bob",
      { "src/a.ts": n % 3 === 2 ? changed : plain, [`src/${n}.ts`]: `file number ${n}\n` },
    ]);
    const { dir } = await repository(steps);
    const whole = await replay(dir);
    const lines = whole.text.trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(5);
    const file = join(tempFolder(), "rows.jsonl");
    writeFileSync(file, `${lines.slice(0, 3).join("\n")}\n${lines[3]?.slice(0, 20)}`);
    const rest = await replay(dir, { resume: file });
    expect(rest.text.split("\n").slice(0, -2)).toEqual(lines.slice(3, -1));
    const stopped = { stopped: { done: 12, rev: git(dir, "rev-parse", "HEAD") } };
    writeFileSync(file, `${JSON.stringify(stopped)}\n`);
    const second = await replay(dir, { resume: file, lookback: "200" });
    expect(lines.join("\n")).toContain(second.text.split("\n").slice(0, -2).join("\n"));
    expect(second.rows.at(-1)).toMatchObject({ summary: { commits: 24 } });
  });

  it("does not go on with another history", async () => {
    const { dir } = await repository([["ada", { a: plain }]]);
    const file = join(tempFolder(), "rows.jsonl");
    writeFileSync(file, `${JSON.stringify({ stopped: { done: 1, rev: "0".repeat(40) } })}\n`);
    await expect(replay(dir, { resume: file })).rejects.toThrow(`add --rev ${"0".repeat(40)}`);
  });

  it("says what is wrong with a repository, a revision or a number", async () => {
    const { dir } = await repository([["ada", { a: plain }]]);
    await expect(replay(tempFolder())).rejects.toThrow(/no git repository there/);
    await expect(replay(dir, { rev: "nowhere" })).rejects.toThrow(/--rev nowhere: no such commit/);
    await expect(replay(dir, { last: "some" })).rejects.toThrow(/--last some: write a whole number/);
  });
});
