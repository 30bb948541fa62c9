import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** What git is run for, in words for an error, and where it is looked for (undefined: the system's default). */
export type GitTask = { doing: string; remedy: string; path: string | undefined };

/**
 * Runs git and resolves to what it printed. Nothing but the search path comes from outside: neither the user's
 * configuration nor a GIT_DIR left in the environment may change what is made.
 */
export async function git(task: GitTask, args: readonly string[], input = ""): Promise<string> {
  const child = spawn("git", args, {
    env: {
      ...(task.path === undefined ? {} : { PATH: task.path }),
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      LC_ALL: "C",
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  // When git dies early, writing to it fails as well; what it says on its way out is the better message.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [out, complaint, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ]).catch((cause: unknown) => {
    throw new Error(`${task.doing}: git did not start; install git or put it on PATH`, { cause });
  });
  if (code === 0) return out;
  throw new Error(`${task.doing}: git ended with ${code ?? signal}: ${complaint.trim()}; ${task.remedy}`);
}
