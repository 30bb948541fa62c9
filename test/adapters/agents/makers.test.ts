import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type MakersOptions, openMakers } from "../../../src/adapters/agents/open-makers.ts";
import { openSandbox, type Sandbox } from "../../../src/adapters/sandbox/open-sandbox.ts";
import type { Ended, Makers, Program } from "../../../src/ports/processes.ts";

const programs = fileURLToPath(new URL("../../fixtures/programs", import.meta.url));
const never = new AbortController().signal;
type Maker = Parameters<Makers["run"]>[0];
type Job = Parameters<Makers["run"]>[1];

let home: string;
let sandbox: Sandbox;
const warnings: string[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "loom-makers-"));
  sandbox = await openSandbox({ home, mode: "auto", readable: [], log: () => undefined });
});
afterAll(() => rm(home, { recursive: true, force: true }));

const makers = (more: Partial<MakersOptions> = {}): Makers =>
  openMakers({
    run: sandbox.run,
    log: (_level, text) => void warnings.push(text),
    env: {},
    node: process.execPath,
    mirrors: join(home, "mirrors"),
    ...more,
  });

async function job(more: Partial<Job> = {}): Promise<Job> {
  const dir = await mkdtemp(join(home, "checkout-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return {
    checkout: { dir, at: "a".repeat(40), repository: "shop" },
    prompt: "make it green",
    skillDir: programs,
    runId: "r-0123456789",
    wallMs: 30_000,
    outputBytesMax: 100_000,
    ...more,
  };
}

const maker = (argv: string[], more: Partial<Maker> = {}): Maker => ({
  kind: "command",
  argv,
  stdin: "none",
  env: {},
  passEnv: [],
  network: false,
  ...more,
});

const tells = ["{node}", "{skill}/tells.mjs"];

function toldBy(ended: Ended) {
  if (ended.kind !== "exited") throw new Error(ended.kind === "not-started" ? ended.reason : ended.kind);
  return JSON.parse(ended.output);
}

describe("a command maker", () => {
  it("gets its prompt as one argument, whatever is in it", async () => {
    const prompt = "-rf \"quoted\" 'single'\n$(id) `id` {workdir} {unknown} $& $1";

    const ended = await makers().run(
      maker([...tells, "{prompt}", "--say={prompt}"]),
      await job({ prompt }),
      never,
    );

    expect(toldBy(ended).argv).toEqual([prompt, `--say=${prompt}`]);
  });

  it("gets the paths of its checkout and its skill", async () => {
    const work = await job();

    const ended = await makers().run(maker([...tells, "in={workdir}", "{skill}"]), work, never);

    expect(toldBy(ended)).toMatchObject({
      argv: [`in=${work.checkout.dir}`, programs],
      cwd: work.checkout.dir,
    });
  });

  it("gets its prompt on stdin, and nothing there when it asks for none", async () => {
    const asked = await makers().run(maker([...tells, "--stdin"], { stdin: "prompt" }), await job(), never);
    const none = await makers().run(maker([...tells, "--stdin"]), await job(), never);

    expect([toldBy(asked).stdin, toldBy(none).stdin]).toEqual(["make it green", ""]);
  });

  it("gets its prompt in a file outside the checkout, which is gone afterwards", async () => {
    const work = await job({ prompt: "long\nprompt" });

    let folder = "";
    const run: MakersOptions["run"] = (program, signal) => {
      folder = program.readable.at(-1) ?? "";
      return sandbox.run(program, signal);
    };

    const ended = await makers({ run }).run(
      maker(["{node}", "{skill}/edits.mjs", "made.txt", "{promptFile}"], { stdin: "prompt" }),
      work,
      never,
    );

    expect(ended).toMatchObject({ kind: "exited", exit: 0, output: "long\nprompt\n" });
    expect(readdirSync(work.checkout.dir)).toEqual(["made.txt"]);
    expect([folder.includes("loom-prompt-"), existsSync(folder)]).toEqual([true, false]);
  });

  it("sees of the operator's environment what its loop names, and never git's variables", async () => {
    warnings.length = 0;
    const env = { MODEL_KEY: "k", GITHUB_TOKEN: "canary", GIT_DIR: "/x", ANTHROPIC_API_KEY: "canary" };
    const wish = maker(tells, {
      env: { MODE: "fast", GIT_SSH_COMMAND: "evil" },
      passEnv: ["MODEL_KEY", "GIT_DIR", "ABSENT", "toString"],
    });

    const told = toldBy(await makers({ env }).run(wish, await job(), never));

    expect(told.env).toMatchObject({ MODEL_KEY: "k", MODE: "fast", LOOM_RUN_ID: "r-0123456789" });
    expect(JSON.stringify(told)).not.toMatch(/canary|GIT_|evil/);
    expect(warnings).toEqual([
      "GIT_SSH_COMMAND is not passed to a program: no GIT_ variable is",
      "GIT_DIR is not passed to a program: no GIT_ variable is",
      "ABSENT is to be passed to the program, but it is not set here",
      "toString is to be passed to the program, but it is not set here",
    ]);
  });

  it("is refused when its argv has a placeholder that nobody can fill", async () => {
    expect(await makers().run(maker(["tool", "{promt}", "x{model}y"]), await job(), never)).toEqual({
      kind: "not-started",
      reason:
        "starting tool: its argv has {promt}, {model}; what can be filled in is {prompt}, {promptFile}, {workdir}, {skill}, {node}",
    });
  });

  it("may have braces in its argv that are no placeholders", async () => {
    const argv = ['{"model":"x"}', "{}", "{1}", "a{b c}"];

    expect(toldBy(await makers().run(maker([...tells, ...argv]), await job(), never)).argv).toEqual(argv);
  });

  it("ends at its wall clock", async () => {
    const hang = maker(["{node}", "-e", "setInterval(() => {}, 1000)"]);

    expect(await makers().run(hang, await job({ wallMs: 700 }), never)).toMatchObject({ kind: "timed-out" });
  });

  it("that does not exist is named with a remedy", async () => {
    expect(await makers().run(maker(["no-such-agent", "{prompt}"]), await job(), never)).toMatchObject({
      kind: "not-started",
      reason: expect.stringMatching(/^starting no-such-agent: no program of that name .*install it/),
    });
  });
});

describe("the objects that a checkout borrows", () => {
  async function mirrorAndClone() {
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
        encoding: "utf8",
        stdio: "pipe",
      });
    const mirror = join(home, "mirrors", "shop.git");
    const work = await job();
    const seed = await mkdtemp(join(home, "seed-"));
    onTestFinished(() => rm(seed, { recursive: true, force: true }));
    onTestFinished(() => rm(mirror, { recursive: true, force: true }));
    git("init", "-q", seed);
    await writeFile(join(seed, "a.txt"), "hello");
    git("-C", seed, "add", ".");
    git("-C", seed, "commit", "-qm", "first");
    await mkdir(join(home, "mirrors"), { recursive: true });
    git("clone", "-q", "--bare", seed, mirror);
    await rm(work.checkout.dir, { recursive: true });
    git("clone", "-q", "--shared", mirror, work.checkout.dir);
    return { mirror, work };
  }

  it("can be read by its git, and nothing else of the mirror", async () => {
    const { mirror, work } = await mirrorAndClone();
    const seen: Program[] = [];
    const run: MakersOptions["run"] = (program, signal) => {
      seen.push(program);
      return sandbox.run(program, signal);
    };

    const ended = await makers({ run }).run(maker(["git", "show", "HEAD:a.txt"]), work, never);

    expect(ended).toMatchObject({ kind: "exited", exit: 0, output: "hello" });
    expect(seen[0]?.readable).toEqual([programs, join(mirror, "objects")]);
    expect(seen[0]?.writable).toEqual([]);
  });

  it("are not shown when an agent rewrote their list to lead elsewhere", async () => {
    const { mirror, work } = await mirrorAndClone();
    const elsewhere = join(home, "elsewhere", "objects");
    await mkdir(elsewhere, { recursive: true });
    await symlink(elsewhere, join(home, "mirrors", "objects"));
    onTestFinished(() => rm(join(home, "mirrors", "objects")));
    await writeFile(
      join(work.checkout.dir, ".git/objects/info/alternates"),
      [
        "/etc",
        elsewhere,
        join(home, "mirrors", "objects"),
        mirror,
        `${home}/mirrors/../elsewhere/objects`,
        "../x",
      ].join("\n"),
    );
    const seen: Program[] = [];
    const run: MakersOptions["run"] = async (program) => {
      seen.push(program);
      return { kind: "exited", exit: 0, output: "", isCut: false, ms: 1 };
    };

    await makers({ run }).run(maker(["tool"]), work, never);

    expect(seen[0]?.readable).toEqual([programs]);
  });
});

it("under bubblewrap a maker writes nowhere but in its checkout", async ({ skip }) => {
  if (sandbox.kind !== "bwrap") skip("bubblewrap does not work on this machine");
  const work = await job();
  const outside = join(home, "outside.txt");

  const ended = await makers().run(
    maker(["{node}", "{skill}/writes.mjs", "inside.txt", "{skill}/evil.mjs", "/usr/evil", outside]),
    work,
    never,
  );

  expect(ended).toMatchObject({
    kind: "exited",
    output: expect.stringMatching(/^wrote inside.txt\nEROFS .*\nEROFS /),
  });
  expect(readFileSync(join(work.checkout.dir, "inside.txt"), "utf8")).toBe("reached");
  expect([existsSync(outside), existsSync(join(programs, "evil.mjs"))]).toEqual([false, false]);
});
