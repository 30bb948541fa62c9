import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The variable that marks everything a program starts, however far it goes from its parent. */
export const markerName = "LOOM_PROGRAM";

export interface LiveProcess {
  pid: number;
  parent: number;
  session: number;
  /** Clock ticks since boot; with the pid it names one process, because pids are used again. */
  startedAt: string;
}

/** Every live process that /proc shows; empty where there is no /proc. Zombies have ended and are left out. */
export function liveProcesses(): LiveProcess[] {
  return pids().flatMap((pid) => {
    const stat = readProc(pid, "stat");
    if (stat === null) return [];
    // The name may hold spaces and brackets, so the fields are counted from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return [];
    return [{ pid, parent: Number(fields[1]), session: Number(fields[3]), startedAt: fields[19] ?? "" }];
  });
}

/** `root`'s children, their children and so on, without `root`. */
export function descendantsOf(root: number, all: LiveProcess[]): LiveProcess[] {
  const known = new Set([root]);
  const found: LiveProcess[] = [];
  for (let grew = true; grew; ) {
    grew = false;
    for (const process of all) {
      if (known.has(process.pid) || !known.has(process.parent)) continue;
      known.add(process.pid);
      found.push(process);
      grew = true;
    }
  }
  return found;
}

/** The environment of a process as NAME=value; empty when it has ended or is not ours to read. */
export const environmentOf = (pid: number): string[] => readProc(pid, "environ")?.split("\0") ?? [];

/** Sends a signal; a process that has ended meanwhile is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== "ESRCH" && codeOf(error) !== "EPERM") throw error;
  }
}

/** Kills what `find` finds until it finds nothing; answers what was still alive after `deadlineMs`. */
export async function killAll(find: () => LiveProcess[], deadlineMs: number): Promise<LiveProcess[]> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const alive = find();
    if (alive.length === 0 || performance.now() > deadline) return alive;
    for (const { pid } of alive) signalProcess(pid, "SIGKILL");
    await sleep(10);
  }
}

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

function pids(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number);
  } catch {
    // Not Linux: there is no /proc, and only the process group can be reached.
    return [];
  }
}

function readProc(pid: number, file: "stat" | "environ"): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    // It ended between the listing and the reading, or belongs to somebody else.
    return null;
  }
}
