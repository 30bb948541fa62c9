import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { until } from "../services/until.ts";
import type { ChildPlace } from "./queue-place.ts";

/** A worker process takes the hint of this run and is killed with it in hand. */
export async function takeAndDie(place: ChildPlace, runId: string, leaseMs: number): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      "--import",
      here("../services/run-typescript.mjs"),
      here("queue-child.ts"),
      JSON.stringify(place),
      String(leaseMs),
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  try {
    await printed(child, runId);
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

async function printed(child: ChildProcess, words: string): Promise<void> {
  let output = "";
  let hasEnded = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  child.on("exit", () => {
    hasEnded = true;
  });
  await until(`${words} in the child's output`, () => hasEnded || output.includes(words), 20_000).catch(
    (error) => {
      throw new Error(`${error.message}; it said: ${output}`);
    },
  );
  if (!output.includes(words)) throw new Error(`the child ended; it said: ${output}`);
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
