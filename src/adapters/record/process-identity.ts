import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** When a process began, in whatever words this system has for it, so that a reused pid is told apart. Null when it does not run. */
export function processStart(pid: number): string | null {
  if (!isRunning(pid)) return null;
  return process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Field 22 of /proc/<pid>/stat, in clock ticks since the machine's start. The name before it may hold spaces and brackets. */
function startFromProc(pid: number): string | null {
  const stat = textOf(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isDead = fields[0] === "Z" || fields[0] === "X";
  return isDead ? null : (fields[19] ?? null);
}

function startFromPs(pid: number): string | null {
  return textOf(() => execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim());
}

/** Null when the process ended while it was asked for. */
function textOf(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
