import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ended } from "../../ports/processes.ts";
import { type CappedOutput, cappedOutput } from "./capped-output.ts";
import { refusedStart } from "./not-started.ts";
import {
  codeOf,
  descendantsOf,
  environmentOf,
  killAll,
  type LiveProcess,
  liveProcesses,
  markerName,
  signalProcess,
} from "./processes.ts";

/** How long a program may take to end after SIGTERM. */
const graceMs = 5_000;
/** A longer timer would fire at once. */
const timerMaxMs = 2 ** 31 - 1;
/** How long the last output may take to arrive after everything was killed. */
const drainMs = 1_000;

export interface Launch {
  argv: string[];
  /** The program that the messages name; under bubblewrap it is not `argv[0]`. */
  program: string;
  cwd: string;
  env: { [name: string]: string };
  stdin?: string;
  marker: string;
  /** It runs under bubblewrap: its namespace dies with it, and the status pipe tells whether the program was started. */
  isNamespaced: boolean;
  path: string;
}

export interface Limits {
  wallMs: number;
  outputBytesMax: number;
}

type Exit =
  | { kind: "exit"; code: number | null; signal: NodeJS.Signals | null }
  | { kind: "error"; error: unknown };

/** Runs one child to its end, its leftovers included. Never rejects for anything the program does. */
export async function supervise(launch: Launch, limits: Limits, signal: AbortSignal): Promise<Ended> {
  if (signal.aborted) return { kind: "stopped", output: "" };
  const startedAt = performance.now();
  const output = cappedOutput(limits.outputBytesMax);
  const started = start(launch, output);
  if (started.kind === "not-started") return started;

  const { child, exit, status } = started;
  const cause = await endOrStop(exit, limits.wallMs, signal);
  const leftovers = cause === "ended" ? [] : await stop(child, exit, launch.isNamespaced);
  const ended = await exit;
  if (ended.kind === "exit") await sweep(launch, child, leftovers);
  await drain(child);

  const ms = Math.round(performance.now() - startedAt);
  if (ended.kind === "error") return { kind: "not-started", reason: refusal(launch, ended.error) };
  if (cause === "stopped") return { kind: "stopped", output: output.read().output };
  if (cause === "timed-out") return { kind: "timed-out", ...output.read(), ms };
  return verdict(launch, ended, status(), { ...output.read(), ms });
}

type Started =
  | { kind: "started"; child: ChildProcess; exit: Promise<Exit>; status: () => string }
  | { kind: "not-started"; reason: string };

function start(launch: Launch, output: CappedOutput): Started {
  const [file = "", ...args] = launch.argv;
  try {
    const child = spawn(file, args, {
      cwd: launch.cwd,
      env: launch.env,
      detached: true,
      stdio: [
        launch.stdin === undefined ? "ignore" : "pipe",
        "pipe",
        "pipe",
        ...(launch.isNamespaced ? (["pipe"] as const) : []),
      ],
    });
    const exit = new Promise<Exit>((resolve) => {
      child.once("error", (error) => resolve({ kind: "error", error }));
      child.once("exit", (code, signal) => resolve({ kind: "exit", code, signal }));
    });
    child.stdout?.on("data", output.push);
    child.stderr?.on("data", output.push);
    let status = "";
    child.stdio[3]?.on("data", (chunk: Buffer) => {
      status += chunk.toString("utf8");
    });
    // A program need not read what it is given: its closed end is no failure of ours.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(launch.stdin);
    return { kind: "started", child, exit, status: () => status };
  } catch (error) {
    return { kind: "not-started", reason: refusal(launch, error) };
  }
}

function refusal({ isNamespaced, program, path }: Launch, error: unknown): string {
  // The program's own file was looked for before, so a missing one is bubblewrap's.
  const isBwrap = isNamespaced && codeOf(error) === "ENOENT";
  return refusedStart(isBwrap ? "bwrap" : program, error, path);
}

async function endOrStop(
  exit: Promise<Exit>,
  wallMs: number,
  signal: AbortSignal,
): Promise<"ended" | "timed-out" | "stopped"> {
  const done = new AbortController();
  const quiet = { signal: done.signal };
  try {
    return await Promise.race([
      exit.then(() => "ended" as const),
      sleep(Math.min(wallMs, timerMaxMs), "timed-out" as const, quiet),
      once(signal, "abort", quiet).then(() => "stopped" as const),
    ]);
  } finally {
    // The losers of the race reject when their timer and listener are taken away; nobody waits for them any more.
    done.abort();
  }
}

/** SIGTERM, time to end, SIGKILL. Answers the descendants it saw, because orphans can no longer be found by their parent. */
async function stop(child: ChildProcess, exit: Promise<Exit>, isNamespaced: boolean): Promise<LiveProcess[]> {
  if (child.pid === undefined) return [];
  const seen = descendantsOf(child.pid, liveProcesses());
  // bubblewrap ends its namespace with SIGKILL when it is told to end, so only those inside are asked.
  if (!isNamespaced || seen.length === 0) signalGroup(child.pid, "SIGTERM");
  for (const { pid } of seen) signalProcess(pid, "SIGTERM");
  const timer = new AbortController();
  await Promise.race([exit, sleep(graceMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
  timer.abort();
  const late =
    child.exitCode === null && child.signalCode === null ? descendantsOf(child.pid, liveProcesses()) : [];
  child.kill("SIGKILL");
  return [...seen, ...late];
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  signalProcess(-leader, signal);
}

/** Also after a normal end: a test that leaves a daemon behind must not outlive its check. */
async function sweep(launch: Launch, child: ChildProcess, seen: LiveProcess[]): Promise<void> {
  if (launch.isNamespaced || child.pid === undefined) return;
  const session = child.pid;
  if (process.platform !== "linux") signalGroup(session, "SIGKILL");
  const wasSeen = new Set(seen.map((p) => `${p.pid} ${p.startedAt}`));
  const mark = `${markerName}=${launch.marker}`;
  const isOurs = (p: LiveProcess): boolean =>
    p.session === session || wasSeen.has(`${p.pid} ${p.startedAt}`) || environmentOf(p.pid).includes(mark);
  await killAll(() => liveProcesses().filter(isOurs), 2_000);
}

/** Waits for the pipes to end, but not for whoever may still hold them. */
async function drain(child: ChildProcess): Promise<void> {
  const streams = child.stdio.filter((stream) => stream !== null && stream !== undefined);
  const open = streams.filter((stream) => !stream.destroyed && stream !== child.stdin);
  const timer = new AbortController();
  await Promise.race([
    Promise.all(open.map((stream) => new Promise((resolve) => stream.once("close", resolve)))),
    sleep(drainMs, undefined, { signal: timer.signal }).catch(() => undefined),
  ]);
  timer.abort();
  for (const stream of streams) stream.destroy();
}

function verdict(
  launch: Launch,
  exit: Extract<Exit, { kind: "exit" }>,
  status: string,
  seen: { output: string; isCut: boolean; ms: number },
): Ended {
  if (exit.signal !== null) return { kind: "signalled", signal: exit.signal, ...seen };
  const code = exit.code ?? 1;
  if (!launch.isNamespaced) return { kind: "exited", exit: code, ...seen };
  // bubblewrap tells an exit code only when it could start the program; its own words are then the output.
  if (!status.includes('"exit-code"'))
    return {
      kind: "not-started",
      reason: `starting ${launch.program} in the sandbox: ${seen.output.trim()}`,
    };
  const signal = signalOf(code);
  return signal === null ? { kind: "exited", exit: code, ...seen } : { kind: "signalled", signal, ...seen };
}

/** bubblewrap, as a shell does, turns death by signal n into 128 + n. */
function signalOf(code: number): string | null {
  const found = Object.entries(constants.signals).find(([, number]) => number === code - 128);
  return found?.[0] ?? null;
}
