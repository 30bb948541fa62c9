import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync } from "node:fs";

/** One call of git. `path` is the PATH in which git, and for network calls ssh, are found. */
export interface GitCall {
  path: string;
  gitDir?: string;
  /** Only ever together with `gitDir`: files are read and written here, git's own data never. */
  workTree?: string;
  /** Added to a bare environment; nothing of this process's environment gets in otherwise. */
  env?: { [name: string]: string };
  input?: string | Buffer;
  signal?: AbortSignal;
  /** Output above this is an error, or with `cut` the end of it. */
  bytesMax?: number;
  cut?: boolean;
  timeoutMs?: number;
  /** Takes the output piece by piece; then nothing is collected and `bytesMax` does not apply. */
  onStdout?: (piece: Buffer) => void;
  /** Speaks to a remote: the operator's own git configuration is read for credentials, proxies and address rewrites. */
  network?: boolean;
}

export interface GitEnded {
  exit: number;
  stdout: Buffer;
  stderr: string;
  isCut: boolean;
}

const localMs = 120_000;
const networkMs = 600_000;
const outputBytesMax = 256 * 1024 * 1024;
const errorBytesMax = 64 * 1024;

/**
 * What a repository or a person's configuration could use to make git run a program or answer differently is switched off in
 * every call. Drivers named in `.gitattributes` find no command, because no configuration but the mirror's own is read.
 */
const settings = [
  "core.quotePath=false",
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.attributesFile=/dev/null",
  "core.excludesFile=/dev/null",
  "core.untrackedCache=false",
  "core.splitIndex=false",
  "core.autocrlf=false",
  "core.fileMode=true",
  "core.symlinks=true",
  "core.protectHFS=true",
  "core.protectNTFS=true",
  "safe.bareRepository=explicit",
  "protocol.allow=never",
  "protocol.file.allow=always",
  "protocol.git.allow=always",
  "protocol.http.allow=always",
  "protocol.https.allow=always",
  "protocol.ssh.allow=always",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "commit.gpgSign=false",
  "push.gpgSign=false",
  "push.followTags=false",
  "log.showSignature=false",
  "merge.renames=true",
  "gc.auto=0",
  "maintenance.auto=false",
  "index.threads=1",
].flatMap((setting) => ["-c", setting]);

const environment = (call: GitCall): { [name: string]: string } => ({
  PATH: call.path,
  LC_ALL: "C",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
  // Paths are names here, never patterns.
  GIT_LITERAL_PATHSPECS: "1",
  GIT_OPTIONAL_LOCKS: "0",
  ...(call.network === true ? {} : { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" }),
  ...call.env,
});

const argvOf = (args: string[], call: GitCall): string[] => [
  ...settings,
  ...(call.gitDir === undefined ? [] : [`--git-dir=${call.gitDir}`]),
  ...(call.workTree === undefined ? [] : [`--work-tree=${call.workTree}`]),
  ...args,
];

/** Its own session: ssh has no terminal to ask questions on, and helpers end together with git. */
const startGit = (args: string[], call: GitCall, cwd: string): ChildProcessWithoutNullStreams =>
  spawn("git", argvOf(args, call), {
    cwd,
    env: environment(call),
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });

const killGroup = (child: ChildProcessWithoutNullStreams): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group has ended by itself in the meantime.
    child.kill("SIGKILL");
  }
};

/**
 * Runs git and hands its output on piece by piece, no faster than it is taken; git ends when its reader stops. `ended` is filled
 * after the last piece. Throws only when git cannot start.
 */
export async function* streamGit(
  args: string[],
  call: Pick<GitCall, "path" | "gitDir" | "env" | "input">,
  ended: { exit: number; stderr: string },
): AsyncGenerator<Buffer, void> {
  const child = startGit(args, call, call.gitDir ?? "/");
  let err = "";
  child.stderr.on("data", (piece: Buffer) => {
    if (err.length < errorBytesMax) err += piece.toString("utf8");
  });
  // Git may end before it has read everything; its status and words tell why.
  child.stdin.on("error", () => child.stdin.destroy());
  const closed = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => resolve(exit ?? 128));
  });
  closed.catch(() => child.stdout.destroy());
  child.stdin.end(call.input ?? "");
  try {
    yield* child.stdout;
    ended.exit = await closed;
    ended.stderr = err;
  } finally {
    killGroup(child);
  }
}

/**
 * Runs git with a bare environment, and answers its exit status and output. Throws when git cannot start, is ended by a signal,
 * takes longer than `timeoutMs` or says more than `bytesMax`; the message names the subcommand.
 */
export const runGit = (args: string[], call: GitCall): Promise<GitEnded> =>
  new Promise((resolve, reject) => {
    const words = `git ${args[0] ?? ""}`;
    const timeoutMs = call.timeoutMs ?? (call.network === true ? networkMs : localMs);
    const bytesMax = call.bytesMax ?? outputBytesMax;
    const cwd = call.workTree ?? call.gitDir ?? "/";
    const child = startGit(args, call, cwd);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let outBytes = 0;
    let errBytes = 0;
    let isCut = false;
    let stopped: Error | undefined;

    const kill = (): void => killGroup(child);
    const stop = (reason: string): void => {
      stopped ??= new Error(`${words}: ${reason}`);
      kill();
    };
    const timer = setTimeout(() => stop(`did not end within ${timeoutMs} ms and was stopped`), timeoutMs);
    const onAbort = (): void => stop("stopped, because its caller was");
    call.signal?.addEventListener("abort", onAbort, { once: true });
    if (call.signal?.aborted === true) onAbort();

    child.stdout.on("data", (piece: Buffer) => {
      if (call.onStdout !== undefined) return call.onStdout(piece);
      const room = bytesMax - outBytes;
      outBytes += piece.length;
      if (piece.length <= room) return void out.push(piece);
      if (call.cut !== true) return stop(`said more than ${bytesMax} bytes and was stopped`);
      if (room > 0) out.push(piece.subarray(0, room));
      isCut = true;
      kill();
    });
    child.stderr.on("data", (piece: Buffer) => {
      if (errBytes < errorBytesMax) err.push(piece.subarray(0, errorBytesMax - errBytes));
      errBytes += piece.length;
    });
    // Git may end before it has read everything; its status and words tell why.
    child.stdin.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ECONNRESET") stop(error.message);
    });
    child.stdin.end(call.input ?? "");

    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", onAbort);
      finish();
    };
    child.on("error", (error: NodeJS.ErrnoException) =>
      settle(() =>
        reject(
          error.code === "ENOENT" && existsSync(cwd)
            ? new Error(`${words}: git was not found in PATH; install git 2.39 or newer`)
            : new Error(`${words} in ${cwd}: ${error.message}`),
        ),
      ),
    );
    child.on("close", (exit, signal) =>
      settle(() => {
        const stderr = Buffer.concat(err).toString("utf8");
        if (stopped !== undefined) return reject(stopped);
        if (isCut || exit !== null)
          return resolve({ exit: exit ?? 0, stdout: Buffer.concat(out), stderr, isCut });
        reject(new Error(`${words}: ended by ${signal ?? "a signal"}`));
      }),
    );
  });
