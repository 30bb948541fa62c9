import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Child {
  pid: number;
  process: ChildProcess;
  /** The next line of its output; throws with what it said as errors when it ends before. */
  line: () => Promise<string>;
  kill: (signal: NodeJS.Signals) => Promise<void>;
}

/** Runs a module's text in a Node process of its own, with `argv` behind it. */
export function startChild(module: string, ...argv: string[]): Child {
  const child = spawn(process.execPath, ["--input-type=module", "-", ...argv], {
    // What is sent to it is a message of the fourth stream.
    stdio: ["pipe", "pipe", "pipe", "ipc"],
  });
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stdin === null || stdout === null || stderr === null)
    throw new Error("the child process did not start");
  stdin.end(module);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  let errors = "";
  stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  const exited = once(child, "exit");
  return {
    pid,
    process: child,
    line: async () => {
      const next = await lines.next();
      if (!next.done) return next.value;
      await exited;
      throw new Error(`the child ended (${child.exitCode ?? child.signalCode}): ${errors}`);
    },
    kill: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
    },
  };
}
