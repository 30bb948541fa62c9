import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { until } from "../services/until.ts";
import { addLoop, addRepository, copyDefinitions, edit, makeRepository } from "./definitions.ts";
import { installPackage, type Package } from "./package.ts";
import { git, loom, type Product, residentMb, startDev, type TempHome, tempHome } from "./product.ts";
import { hasButton, messageOf, textOf, type Workspace, workspaceAt } from "./workspace.ts";

let shipped: Package;
const temps: TempHome[] = [];
const withinMs = 50_000;

async function temp(): Promise<string> {
  const made = await tempHome();
  temps.push(made);
  return made.home;
}

beforeAll(async () => {
  shipped = await installPackage();
}, 120_000);

afterAll(async () => {
  for (const one of temps) await one.remove();
  await shipped?.remove();
});

describe("a start with wrong input", () => {
  it("is refused with file and line when a loop.yml is malformed", async () => {
    const cwd = await copyDefinitions(shipped, await temp());
    for (const name of ["triage", "tidy"])
      await edit(join(cwd, "skills", name, "loop.yml"), "channel:", "chanel:");
    const ran = await loom(shipped, { home: join(cwd, "home"), cwd }, "dev");
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toMatch(/skills\/triage\/loop\.yml:\d+/);
    expect(ran.stderr).toMatch(/chanel.*channel/);
  });

  it("is refused with file and line when a loop names an unknown repository", async () => {
    const cwd = await copyDefinitions(shipped, await temp());
    await edit(join(cwd, "skills/triage/loop.yml"), "repository: shop", "repository: shopp");
    const ran = await loom(shipped, { home: join(cwd, "home"), cwd }, "doctor");
    expect(`${ran.stdout}${ran.stderr}`).toMatch(/skills\/triage\/loop\.yml:\d+.*shopp/);
  });

  it("says at once that the two tokens are swapped", async () => {
    const home = await temp();
    const env = { SLACK_BOT_TOKEN: "xapp-1-A0000-1234567890", SLACK_APP_TOKEN: "xoxb-1234567890-abcdefgh" };
    const ran = await loom(shipped, { home, env }, "start");
    expect(ran.exit).toBe(1);
    expect(ran.stderr).toContain("SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped");
    expect(ran.stderr).not.toContain("1234567890");
  });

  it("says that --repo needs a repository with commits", async () => {
    const home = await temp();
    const nowhere = await loom(shipped, { home }, "dev", "--repo", join(home, "nowhere"));
    expect(nowhere).toMatchObject({ exit: 1, stderr: expect.stringContaining("--repo takes a folder") });
    const empty = await makeRepository(join(home, "empty"), []);
    const ran = await loom(shipped, { home }, "dev", "--repo", empty);
    expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining("commits") });
  });
});

describe("wrong input while it runs", () => {
  let cwd: string;
  let dev: Product;
  let workspace: Workspace;

  beforeAll(async () => {
    const dir = await temp();
    cwd = await copyDefinitions(shipped, join(dir, "project"));
    const small = await makeRepository(join(dir, "small"), [
      {
        subject: "a flood",
        files: {
          "hang.mjs": "setInterval(() => undefined, 1000);\n",
          "flood.mjs":
            "const line = 'x'.repeat(99) + '\\n';\nfor (let i = 0; i < 1_000_000; i += 1) process.stdout.write(line);\nprocess.exitCode = 3;\n",
        },
      },
    ]);
    await addRepository(cwd, "small", small);
    await addRepository(cwd, "gone", join(dir, "gone.git"));
    await addRepository(cwd, "empty", await makeRepository(join(dir, "empty"), []));
    await addLoop(cwd, {
      name: "hangs",
      repository: "small",
      check: ["node", "hang.mjs"],
      limits: "{ check: 2s }",
    });
    await addLoop(cwd, {
      name: "floods",
      repository: "small",
      check: ["node", "flood.mjs"],
      limits: "{ output: 1MB }",
    });
    await addLoop(cwd, { name: "starts-not", repository: "small", check: ["no-such-program", "--all"] });
    await addLoop(cwd, { name: "looks-gone", repository: "gone", check: ["node", "-v"] });
    await addLoop(cwd, { name: "looks-empty", repository: "empty", check: ["node", "-v"] });
    dev = await startDev(shipped, { home: join(dir, "home"), cwd });
    workspace = workspaceAt(dev.url);
  }, 180_000);

  afterAll(async () => {
    await dev?.stop();
  }, 60_000);

  beforeEach(() => {
    onTestFailed(async () => {
      const said = (await workspace.withKey("triage", "")).map((one) => `${one.key}: ${one.text}`);
      console.info(`what loom dev said:\n${dev.said()}\n${said.join("\n")}`);
    });
  });

  /** Starts a loop and waits for a message of it in its channel that has these words. */
  const hears = async (name: string, keyPrefix: string, words: RegExp) => {
    expect(await workspace.command("alice", `start ${name}`)).toMatchObject({ ok: true });
    await until(
      `${name} says ${words}`,
      async () => (await workspace.withKey("triage", keyPrefix)).some((one) => words.test(textOf(one))),
      withinMs,
    );
  };

  it("puts a check command that hangs into the inbox, with its limit", async () => {
    await hears("hangs", "inbox:", /node hang\.mjs[\s\S]*2 s/);
  });

  it("puts a check command that does not start into the inbox, with the program's name", async () => {
    await hears("starts-not", "inbox:", /no-such-program/);
  });

  it("reads 100 MB of output without keeping them", async () => {
    await hears("floods", "inbox:", /node flood\.mjs/);
    expect(await residentMb(dev.pid)).toBeLessThan(500);
  });

  it("says in the loop's channel that the remote is not there, and what to correct", async () => {
    await hears(
      "looks-gone",
      "trouble:looks-gone",
      /there is nothing at .*gone\.git; correct `remote` in policies\/org\.yml/,
    );
  });

  it("says in the loop's channel that a repository has no commits yet", async () => {
    await hears("looks-empty", "trouble:looks-empty", /has no commits yet; push a first one to main/);
  });

  it("keeps the last good version of a loop.yml that became wrong, and says so with file and line", async () => {
    const file = join(cwd, "skills/tidy/loop.yml");
    await edit(file, "cadence: manual", "cadence: sometimes");
    const notice = async () => (await workspace.withKey("loom", "definitions:")).map(textOf).join("\n");
    await until("the notice", async () => /tidy\/loop\.yml:\d+/.test(await notice()), withinMs);
    expect(await notice()).toContain("the last good version stays");
    expect(await notice()).toContain("sometimes");
    await workspace.command("bob", "start tidy");
    await until(
      "tidy is running",
      async () => (await workspace.whispers("bob")).some((one) => one.includes("tidy is running")),
      withinMs,
    );
    await edit(file, "cadence: sometimes", "cadence: manual");
    await until(
      "it is read again",
      () => dev.said().includes("skills and policies are read again"),
      withinMs,
    );
  });

  it("refuses a second process in the same folder whatever it wants to do with the record", async () => {
    const home = join(cwd, "..", "home");
    const file = join(cwd, "old.tar.gz");
    await writeFile(file, "not looked at");
    for (const words of [["verify"], ["backup", join(cwd, "backup.tar.gz")], ["restore", file]]) {
      const ran = await loom(shipped, { home, cwd }, ...words);
      expect(ran.exit).toBe(1);
      expect(ran.stderr).toContain(`process ${dev.pid} has it`);
    }
  });
});

describe("somebody's own repository", () => {
  it("is triaged in a bare copy, and its checkout stays as it was", async () => {
    const dir = await temp();
    const test =
      "import assert from 'node:assert';\nimport { test } from 'node:test';\nimport { double } from './double.mjs';\n" +
      "test('doubles', () => assert.equal(double(2), 4));\n";
    const scripts = '{ "type": "module", "scripts": { "test": "node --test" } }\n';
    const own = await makeRepository(join(dir, "own repo"), [
      {
        subject: "double",
        files: {
          "package.json": scripts,
          "double.test.mjs": test,
          "double.mjs": "export const double = (n) => n * 2;\n",
        },
      },
      { subject: "a readme", files: { "README.md": "Doubles.\n" } },
      { subject: "shift instead", files: { "double.mjs": "export const double = (n) => n << 2;\n" } },
      { subject: "more readme", files: { "README.md": "Doubles numbers.\n" } },
    ]);
    await writeFile(join(own, "README.md"), "half written");
    const before = [
      await git(own, "rev-parse", "HEAD"),
      await git(own, "status", "--porcelain"),
      await git(own, "branch", "-a"),
    ];

    const home = join(dir, "home");
    const dev = await startDev(shipped, { home, cwd: dir, args: ["--repo", own, "--check", "npm test"] });
    try {
      const remote = /goes to (\S+)/.exec(dev.said())?.[1] ?? "";
      const workspace = workspaceAt(dev.url);
      await workspace.command("alice", "start triage");
      const holds = async () =>
        (await workspace.withKey("triage", "hold:")).filter((one) => hasButton(one, "hold_approve"));
      await until("the question", async () => (await holds()).length === 1, 100_000);
      const [hold] = await holds();
      if (hold === undefined) throw new Error("the question is gone");
      expect(textOf(hold)).toContain('Revert "shift instead"');
      await workspace.click("bob", hold, "hold_approve");
      await until(
        "the landing",
        async () => /^Loom-Approved-By: bob$/m.test(await git(remote, "log", "-1", "--format=%B", "main")),
        withinMs,
      );
      expect(await git(remote, "show", "main:double.mjs")).toBe("export const double = (n) => n * 2;");
      await until(
        "the answer on the card",
        async () => textOf(await messageOf(workspace, hold)).includes("Approved"),
        withinMs,
      );
    } finally {
      await dev.stop();
    }
    const after = [
      await git(own, "rev-parse", "HEAD"),
      await git(own, "status", "--porcelain"),
      await git(own, "branch", "-a"),
    ];
    expect(after).toEqual(before);
  }, 240_000);
});
