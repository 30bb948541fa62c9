import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { codeOf } from "./processes.ts";

/** What would stop `argv[0]` from starting in `cwd`, in words with a remedy; null when nothing is seen. */
export function refusalToStart(argv: string[], cwd: string, path: string): string | null {
  const program = argv[0];
  if (program === undefined || program === "") return "starting a program: its argv is empty; name a program";
  if (!isFolder(cwd)) return `starting ${program}: its folder ${cwd} is not there; make the checkout again`;
  if (argv.some((item) => item.includes("\0")))
    return `starting ${program}: an argument holds a NUL byte, which no program can be given; take it out`;
  const candidates = program.includes("/")
    ? [isAbsolute(program) ? program : resolve(cwd, program)]
    : path.split(delimiter).map((folder) => join(folder, program));
  const files = candidates.filter(isFile);
  if (files.length === 0) return notStartedReason(program, "ENOENT", path);
  return files.some(isExecutable) ? null : notStartedReason(program, "EACCES", path);
}

/** The words for an error code of a start that the system refused. */
export function notStartedReason(program: string, code: string, path: string): string {
  const reasons: { [code: string]: string } = {
    ENOENT: program.includes("/")
      ? "there is no such file, or the interpreter in its first line is missing; check the path in the loop's argv"
      : `no program of that name on the PATH it gets (${path}); install it there, or name it by an absolute path`,
    EACCES: "it is not executable; chmod +x it, or name its interpreter first in the argv",
    ENOEXEC: "it is not a program; name its interpreter first in the argv",
    ENOSPC: "the disk is full; free some space and retry",
    EDQUOT: "the disk quota is used up; free some space and retry",
    E2BIG:
      "its arguments and environment are too long for this system; pass the prompt by {promptFile} or on stdin",
    EAGAIN: "this machine's limit of processes is reached; end some, or raise `ulimit -u`",
    EMFILE: "this process has too many open files; raise `ulimit -n`",
    ENOMEM: "this machine is out of memory; run fewer loops at once",
  };
  return `starting ${program}: ${reasons[code] ?? `the system refused it (${code || "unknown error"})`}`;
}

export const refusedStart = (program: string, error: unknown, path: string): string =>
  codeOf(error) === ""
    ? `starting ${program}: ${error instanceof Error ? error.message : String(error)}`
    : notStartedReason(program, codeOf(error), path);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // A component of the path is not a folder, or may not be read: no program there either.
    return false;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
