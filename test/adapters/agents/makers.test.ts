import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openMakers } from "../../../src/adapters/agents/open-makers.ts";
import { openSandbox } from "../../../src/adapters/sandbox/open-sandbox.ts";
import type { MakerSpec } from "../../../src/domain/loop.ts";

type CommandMaker = Extract<MakerSpec, { kind: "command" }>;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "loom-makers-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a maker whose program writes its argv, its standard input and its environment into a file of its checkout. */
async function tell(
  maker: Partial<CommandMaker>,
  env: { [name: string]: string } = {},
  prompt = "the prompt",
) {
  const dir = join(folder, "checkout");
  const objects = join(folder, "mirrors", "shop.git", "objects");
  const skillDir = join(folder, "skill");
  await mkdir(join(dir, ".git", "objects", "info"), { recursive: true });
  await mkdir(objects, { recursive: true });
  await mkdir(skillDir);
  await writeFile(join(dir, ".git", "objects", "info", "alternates"), `${objects}\n/etc\n`);
  await writeFile(
    join(skillDir, "tell.mjs"),
    `import { readFileSync, writeFileSync } from "node:fs";
     writeFileSync("told.json", JSON.stringify({ argv: process.argv.slice(2), stdin: readFileSync(0, "utf8"), env: process.env }));`,
  );
  const sandbox = await openSandbox({ home: folder, mode: "none", readable: [], log: () => undefined });
  const seen: string[][] = [];
  const makers = openMakers({
    run: (program, signal) => {
      seen.push(program.readable);
      return sandbox.run(program, signal);
    },
    env,
    node: process.execPath,
    mirrors: join(folder, "mirrors"),
  });
  const spec: CommandMaker = {
    kind: "command",
    argv: ["{node}", "{skill}/tell.mjs"],
    stdin: "none",
    env: {},
    passEnv: [],
    network: false,
    ...maker,
  };
  const checkout = { dir, at: "0".repeat(40), repository: "shop" };
  const job = { checkout, prompt, skillDir, runId: "r-1", wallMs: 20_000, outputBytesMax: 10_000 };
  const ended = await makers.run(spec, job, new AbortController().signal);
  const told = await readFile(join(dir, "told.json"), "utf8").then(JSON.parse, () => null);
  return { ended, told, readable: seen[0] ?? [], objects, skillDir, dir };
}

describe("a command maker", () => {
  test("gets a hostile prompt unchanged, as one argument", async () => {
    const prompt = '-rf "quoted" $(touch x) `id`\n{skill} \'; exit 1';

    const { told } = await tell(
      { argv: ["{node}", "{skill}/tell.mjs", "--task={prompt}", "{prompt}"] },
      {},
      prompt,
    );

    expect(told.argv).toEqual([`--task=${prompt}`, prompt]);
  });

  test("reads the prompt from its standard input, which then ends", async () => {
    const { ended, told } = await tell({ stdin: "prompt" });

    expect(ended.kind).toBe("exited");
    expect(told.stdin).toBe("the prompt");
  });

  test("sees of the operator's environment what its loop names, and never git's", async () => {
    const env = { ANTHROPIC_API_KEY: "k", GITHUB_TOKEN: "t", GIT_DIR: "/elsewhere" };

    const { told } = await tell({ passEnv: ["ANTHROPIC_API_KEY", "GIT_DIR"], env: { LANG: "C" } }, env);

    expect(told.env).toMatchObject({ ANTHROPIC_API_KEY: "k", LANG: "C", LOOM_RUN: "r-1" });
    expect(Object.keys(told.env)).not.toContain("GITHUB_TOKEN");
    expect(Object.keys(told.env)).not.toContain("GIT_DIR");
  });

  test("may read its skill and the mirror's objects, and nothing that its checkout points to elsewhere", async () => {
    const { readable, objects, skillDir } = await tell({});

    expect(readable).toContain(objects);
    expect(readable).toContain(skillDir);
    expect(readable).not.toContain("/etc");
  });

  test("does not start with a placeholder that means nothing", async () => {
    const { ended } = await tell({ argv: ["{node}", "{promt}"] });

    expect(ended).toEqual({
      kind: "not-started",
      reason:
        "{promt} in the maker's command means nothing; it may name {prompt}, {promptFile}, {workdir}, {skill}, {node}",
    });
  });
});
