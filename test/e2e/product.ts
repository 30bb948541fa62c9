import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "../services/until.ts";
import type { Package } from "./package.ts";

const run = promisify(execFile);

export interface StartOptions {
  home: string;
  args?: string[];
  env?: Record<string, string>;
  /** Where skills and policies are looked for first; without them there, the shipped ones count. */
  cwd?: string;
}

/** A running `loom dev`, as a person in a terminal has it. */
export interface Product {
  url: string;
  pid: number;
  /** From the start of the process to its line `ready`. */
  readyMs: number;
  /** Everything it has written, both streams. */
  said(): string;
  /** Ctrl-C's gentler brother, and the exit status. */
  stop(): Promise<number | null>;
  /** SIGKILL for the process alone, or for everything in its process group. */
  kill(whom: "process" | "group"): Promise<void>;
}

const environment = (home: string, extra: Record<string, string> = {}) => ({
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "/",
  LOOM_HOME: home,
  LOOM_LOCAL_PORT: "0",
  ...extra,
});

const readyWithinMs = 120_000;

/** Starts `loom dev` and waits for its line `ready`; throws with everything that it said when it ends before. */
export async function startDev(product: Package, options: StartOptions): Promise<Product> {
  const startedAt = performance.now();
  const { child, said } = launch(product, ["dev", ...(options.args ?? [])], options);
  const url = () => /^ready {2}(http:\S+)/m.exec(said())?.[1];
  await until("the line ready", () => url() !== undefined || hasEnded(child), readyWithinMs);
  const found = url();
  if (found === undefined)
    throw new Error(`loom dev ended (${child.exitCode ?? child.signalCode}): ${said()}`);
  const ended = once(child, "exit");
  return {
    url: found,
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    said,
    async stop() {
      if (!hasEnded(child)) child.kill("SIGTERM");
      if (!hasEnded(child)) await ended;
      return child.exitCode;
    },
    async kill(whom) {
      if (hasEnded(child) || child.pid === undefined) return;
      process.kill(whom === "group" ? -child.pid : child.pid, "SIGKILL");
      await ended;
    },
  };
}

/** Begins a start without waiting for it. Its pid leads a process group of its own. */
export function launch(
  product: Package,
  args: string[],
  options: StartOptions,
): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, [product.loom, ...args], {
    cwd: options.cwd ?? options.home,
    env: environment(options.home, options.env),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return { child, said: () => text };
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

export interface Ran {
  exit: number;
  stdout: string;
  stderr: string;
}

/** A second process, e.g. `loom trace`, to its end. */
export async function loom(product: Package, options: StartOptions, ...args: string[]): Promise<Ran> {
  const settings = {
    cwd: options.cwd ?? options.home,
    env: environment(options.home, options.env),
    timeout: 120_000,
    maxBuffer: 20_000_000,
  };
  try {
    return { exit: 0, ...(await run(process.execPath, [product.loom, ...args], settings)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== "number") throw error;
    return { exit: code, stdout: stdout ?? "", stderr: stderr ?? "" };
  }
}

export async function git(dir: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", dir, ...args], { maxBuffer: 20_000_000 });
  return stdout.trim();
}

export interface TempHome {
  home: string;
  remove(): Promise<void>;
}

export async function tempHome(): Promise<TempHome> {
  const home = await mkdtemp(join(tmpdir(), "loom-e2e-"));
  return { home, remove: () => rm(home, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Programs that were started, directly or not, for the loom process with this pid and still live. */
export async function programsOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const environ = await readFile(`/proc/${name}/environ`, "utf8").catch(() => "");
    if (environ.includes(`LOOM_PROGRAM=${pid}-`)) found.push(Number(name));
  }
  return found;
}

/** Resident memory of a process in megabytes. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}
