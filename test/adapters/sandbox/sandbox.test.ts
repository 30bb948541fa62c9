import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { notStartedReason } from "../../../src/adapters/sandbox/not-started.ts";
import { openSandbox, type Sandbox } from "../../../src/adapters/sandbox/open-sandbox.ts";
import { selfTest } from "../../../src/adapters/sandbox/self-test.ts";
import type { Program } from "../../../src/ports/processes.ts";

const programs = fileURLToPath(new URL("../../fixtures/programs", import.meta.url));
const program = (name: string): string => join(programs, name);
const never = new AbortController().signal;
const log = () => undefined;

let home: string;
const sandboxes = new Map<string, Sandbox>();
const modes = ["none", "bwrap"] as const;
const bwrapWorks = await worksHere();
if (!bwrapWorks)
  console.warn("skipped: programs under bubblewrap; install it, or allow user namespaces here");

async function worksHere(): Promise<boolean> {
  const dir = await mkdtemp(join(tmpdir(), "loom-probe-"));
  try {
    return (await openSandbox({ home: dir, mode: "auto", readable: [], log })).kind === "bwrap";
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "loom-sandbox-"));
  for (const mode of modes)
    if (mode === "none" || bwrapWorks)
      sandboxes.set(mode, await openSandbox({ home, mode, readable: [programs], log }));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(home, "cwd-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function run(mode: string, wish: Partial<Program> & { argv: string[] }, signal = never) {
  const sandbox = sandboxes.get(mode);
  if (sandbox === undefined) throw new Error(`no sandbox ${mode}`);
  const cwd = wish.cwd ?? (await folder());
  const base = {
    env: {},
    wallMs: 30_000,
    outputBytesMax: 100_000,
    network: false,
    readable: [],
    writable: [],
  };
  return sandbox.run({ ...base, ...wish, cwd }, signal);
}

const node = (name: string, ...args: string[]): string[] => [process.execPath, program(name), ...args];

/** Commands of live processes that carry this word. */
const alive = (word: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    })
    .filter((command) => command.includes(word));

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error("it did not become true within 10 s");
    await sleep(20);
  }
}

const word = (): string => `word-${Math.random().toString(36).slice(2)}`;

for (const mode of modes) {
  describe.runIf(mode === "none" || bwrapWorks)(`a program in sandbox "${mode}"`, () => {
    it("tells its exit status, stdout and stderr", async () => {
      const ended = await run(mode, {
        argv: [process.execPath, "-e", 'console.log("out"); console.error("err"); process.exitCode = 3'],
      });

      expect(ended).toMatchObject({ kind: "exited", exit: 3, isCut: false });
      expect(ended.kind === "exited" && ended.output.split("\n").toSorted()).toEqual(["", "err", "out"]);
    });

    it("is ended at its wall clock, and nothing it started lives on, even in a session of its own", async () => {
      const mark = word();

      const ended = await run(mode, { argv: node("stubborn.mjs", mark), wallMs: 1_500 });

      expect(ended).toMatchObject({ kind: "timed-out" });
      expect(ended.kind === "timed-out" && ended.output).toContain("grandchild is up");
      expect(alive(mark)).toEqual([]);
    });

    it("may tidy up on SIGTERM before it is killed", async () => {
      const ended = await run(mode, {
        argv: [
          process.execPath,
          "-e",
          'process.on("SIGTERM", () => { console.log("tidied"); process.exit(0); }); setInterval(() => {}, 1000)',
        ],
        wallMs: 800,
      });

      expect(ended).toMatchObject({ kind: "timed-out", output: "tidied\n" });
    });

    it("is stopped by the signal", async () => {
      const stop = new AbortController();
      const cwd = await folder();
      const flag = join(cwd, "up");
      const running = run(
        mode,
        {
          argv: [
            process.execPath,
            "-e",
            'require("fs").writeFileSync("up", ""); setInterval(() => {}, 1000)',
          ],
          cwd,
        },
        stop.signal,
      );
      await until(() => existsSync(flag));

      stop.abort();

      expect(await running).toEqual({ kind: "stopped", output: "" });
    });

    it("is not started when the signal was given before", async () => {
      expect(await run(mode, { argv: node("tells.mjs") }, AbortSignal.abort())).toEqual({
        kind: "stopped",
        output: "",
      });
    });

    it("leaves no daemon behind when it ends by itself", async () => {
      const mark = word();

      const ended = await run(mode, { argv: node("leaves-daemon.mjs", mark) });

      expect(ended).toMatchObject({ kind: "exited", exit: 0 });
      await until(() => alive(mark).length === 0);
      expect(ended.kind === "exited" && ended.ms).toBeLessThan(5_000);
    });

    it("keeps the start and the end of 100 MB of output, in little memory", async () => {
      const before = process.memoryUsage().rss;

      const ended = await run(mode, { argv: node("floods.mjs"), outputBytesMax: 10_000 });

      if (ended.kind !== "exited") throw new Error(ended.kind);
      expect(ended.isCut).toBe(true);
      expect(ended.output).toMatch(/^the first line\né+\n… [0-9]+ bytes left out …\né+\nthe last line\n$/);
      expect(Buffer.byteLength(ended.output)).toBeLessThan(10_100);
      expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
    });

    it("tells the signal that ended it", async () => {
      const ended = await run(mode, {
        argv: [process.execPath, "-e", 'process.kill(process.pid, "SIGSEGV")'],
      });

      expect(ended).toMatchObject({ kind: "signalled", signal: "SIGSEGV" });
    });

    it("gets every argument unchanged", async () => {
      const argv = [
        "-leading",
        "a \"b\" 'c'",
        "line\nbreak",
        "$(id) `id` $HOME",
        "; rm -rf x",
        "",
        "ünï\u202e",
      ];

      const ended = await run(mode, { argv: node("tells.mjs", ...argv) });

      if (ended.kind !== "exited") throw new Error(ended.kind);
      expect(JSON.parse(ended.output)).toMatchObject({ argv });
    });

    it("sees none of this process's environment", async () => {
      process.env["GITHUB_TOKEN"] = "canary-1";
      process.env["ANTHROPIC_API_KEY"] = "canary-2";
      onTestFinished(() => {
        delete process.env["GITHUB_TOKEN"];
        delete process.env["ANTHROPIC_API_KEY"];
      });

      const ended = await run(mode, { argv: node("tells.mjs"), env: { GIVEN: "yes" } });

      if (ended.kind !== "exited") throw new Error(ended.kind);
      const names = Object.keys(JSON.parse(ended.output).env).filter((name) => name !== "PWD");
      expect(names.toSorted()).toEqual(
        ["CI", "GIVEN", "HOME", "LANG", "LOOM_PROGRAM", "PATH", "TERM", "TMPDIR"].toSorted(),
      );
      expect(ended.output).not.toContain("canary");
    });

    it("reads its prompt from stdin and then its end", async () => {
      const ended = await run(mode, { argv: node("tells.mjs", "--stdin"), stdin: "make it\ngreen" });

      if (ended.kind !== "exited") throw new Error(ended.kind);
      expect(JSON.parse(ended.output)).toMatchObject({ stdin: "make it\ngreen" });
    });

    it("may leave its stdin unread", async () => {
      const ended = await run(mode, { argv: [process.execPath, "-e", ""], stdin: "x".repeat(1_000_000) });

      expect(ended).toMatchObject({ kind: "exited", exit: 0 });
    });

    it("has its folder at the same path, to write in, and a home and a temporary folder", async () => {
      const cwd = await folder();

      const ended = await run(mode, {
        argv: [
          process.execPath,
          "-e",
          'const fs = require("fs"), os = require("os"); fs.writeFileSync("made", process.cwd()); fs.writeFileSync(os.homedir() + "/h", ""); fs.writeFileSync(os.tmpdir() + "/t", "")',
        ],
        cwd,
      });

      expect(ended).toMatchObject({ kind: "exited", exit: 0, output: "" });
      expect(readFileSync(join(cwd, "made"), "utf8")).toBe(cwd);
    });

    it("may listen on this machine's own address without the network", async () => {
      const ended = await run(mode, { argv: node("listens.mjs") });

      expect(ended).toMatchObject({ kind: "exited", output: "127.0.0.1 hello\nlocalhost hello\n" });
    });

    it("finds git and npm", async () => {
      const script =
        'const { execFileSync: run } = require("child_process"); run("git", ["--version"]); run("npm", ["--version"]); require("os").userInfo()';

      const ended = await run(mode, { argv: ["node", "-e", script] });

      expect(ended).toMatchObject({ kind: "exited", exit: 0 });
    });

    it("is named with a remedy when there is no such program", async () => {
      expect(await run(mode, { argv: ["no-such-program"] })).toMatchObject({
        kind: "not-started",
        reason: expect.stringMatching(
          /^starting no-such-program: no program of that name .*; install it there/,
        ),
      });
    });

    it("is named with a remedy when it is not executable", async () => {
      const cwd = await folder();
      await writeFile(join(cwd, "tool"), "#!/bin/sh\n");

      expect(await run(mode, { argv: ["./tool"], cwd })).toEqual({
        kind: "not-started",
        reason:
          "starting ./tool: it is not executable; chmod +x it, or name its interpreter first in the argv",
      });
    });

    it("is named when its interpreter is missing", async () => {
      const cwd = await folder();
      await writeFile(join(cwd, "tool"), "#!/no/such/interpreter\n");
      await chmod(join(cwd, "tool"), 0o755);

      expect(await run(mode, { argv: ["./tool"], cwd })).toMatchObject({
        kind: "not-started",
        reason: expect.stringContaining("starting ./tool"),
      });
    });

    it("is refused when its folder is gone, its argv is empty, holds a NUL or is too long", async () => {
      const reasons = [
        await run(mode, { argv: [process.execPath], cwd: join(home, "gone") }),
        await run(mode, { argv: [] }),
        await run(mode, { argv: [process.execPath, "a\0b"] }),
        await run(mode, { argv: [process.execPath, "-e", "", "x".repeat(3_000_000)] }),
      ];

      expect(reasons).toMatchObject([
        { kind: "not-started", reason: expect.stringContaining("is not there; make the checkout again") },
        { kind: "not-started", reason: expect.stringContaining("argv is empty") },
        { kind: "not-started", reason: expect.stringContaining("NUL byte") },
        { kind: "not-started", reason: expect.stringContaining("too long for this system") },
      ]);
    });
  });
}

describe.runIf(bwrapWorks)("under bubblewrap", () => {
  it("writes nowhere but in its own folder and what it was given", async () => {
    const cwd = await folder();
    const given = await folder();
    const readable = await folder();
    const paths = [
      join(cwd, "a"),
      join(given, "b"),
      join(readable, "c"),
      join(home, "d"),
      "/etc/e",
      "/usr/f",
      "/g",
    ];

    const ended = await run("bwrap", {
      argv: node("writes.mjs", ...paths),
      cwd,
      writable: [given],
      readable: [readable],
    });

    expect(ended.kind === "exited" && ended.output.trim().split("\n")).toEqual([
      `wrote ${paths[0]}`,
      `wrote ${paths[1]}`,
      `EROFS ${paths[2]}`,
      // The /tmp inside is the sandbox's own, so this one is there for as long as the program runs.
      `wrote ${paths[3]}`,
      "EROFS /etc/e",
      "EROFS /usr/f",
      "EROFS /g",
    ]);
    expect(existsSync(join(home, "d"))).toBe(false);
  });

  it("reads neither its launcher's environment nor a file it was not given", async () => {
    const secret = join(home, "secret");
    await writeFile(secret, "canary");
    process.env["GITHUB_TOKEN"] = "canary-3";
    onTestFinished(() => {
      delete process.env["GITHUB_TOKEN"];
    });
    const script = `const fs = require("fs"); for (const f of ["/proc/1/environ", ${JSON.stringify(secret)}]) try { console.log(fs.readFileSync(f, "utf8")) } catch (e) { console.log(e.code) }`;

    const ended = await run("bwrap", { argv: [process.execPath, "-e", script] });

    expect(ended.kind === "exited" && ended.output).toContain("ENOENT");
    expect(ended.kind === "exited" && ended.output).not.toContain("canary");
  });

  it("holds every point of the self-test", async () => {
    const sandbox = sandboxes.get("bwrap");
    if (sandbox === undefined) throw new Error("no sandbox");

    const told = await selfTest(sandbox, home);

    expect(told.filter((t) => !t.holds)).toEqual([]);
    expect(told).toHaveLength(4);
  });
});

describe("without bubblewrap", () => {
  it("the self-test tells what is open", async () => {
    const sandbox = sandboxes.get("none");
    if (sandbox === undefined) throw new Error("no sandbox");

    const told = await selfTest(sandbox, home);

    expect(told.filter((t) => t.holds).map((t) => t.what)).toContain("its environment is clean");
    expect(told.filter((t) => !t.holds).map((t) => t.what)).toEqual(
      expect.arrayContaining([
        "it cannot write outside its folder",
        "it cannot reach this machine's network",
      ]),
    );
  });

  it("says why there is none", async () => {
    const dir = await mkdtemp(join(tmpdir(), "loom-sandbox-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));

    const sandbox = await openSandbox({ home: dir, mode: "none", readable: [], log });

    expect(sandbox).toMatchObject({ kind: "none", why: "the settings ask for no sandbox" });
  });

  it("a full disk is told as such", () => {
    expect(notStartedReason("npm", "ENOSPC", "/usr/bin")).toBe(
      "starting npm: the disk is full; free some space and retry",
    );
  });

  it("removes scratch folders that killed processes left days ago", async () => {
    const [old, recent] = [join(home, "scratch", "p-old"), join(home, "scratch", "p-recent")];
    await mkdir(old, { recursive: true });
    await mkdir(recent);
    await utimes(old, new Date(0), new Date(0));

    await openSandbox({ home, mode: "none", readable: [], log });

    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  });

  it("ends at the next start what a killed process left behind", async () => {
    const mark = word();
    const scratch = join(home, "scratch", "p-left");
    await mkdir(scratch, { recursive: true });
    const owner = spawn(process.execPath, ["-e", ""]);
    await once(owner, "exit");
    const orphan = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)", mark], {
      env: { LOOM_PROGRAM: `${owner.pid}-aa`, TMPDIR: scratch },
      stdio: "ignore",
    });
    await until(() => alive(mark).length === 1);

    await openSandbox({ home, mode: "none", readable: [], log });

    await until(() => orphan.signalCode !== null);
    expect(orphan.signalCode).toBe("SIGKILL");
  });
});
