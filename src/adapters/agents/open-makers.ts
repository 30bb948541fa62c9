import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ended, Makers, RunProgram } from "../../ports/processes.ts";
import type { Log } from "../../ports.ts";
import { filledArgv, unknownPlaceholders, uses } from "./argv-template.ts";
import { borrowedObjects } from "./borrowed-objects.ts";
import { type Environment, makerEnvironment } from "./maker-environment.ts";

export interface MakersOptions {
  run: RunProgram;
  log: Log;
  /** The operator's environment; a maker gets only what its loop names. */
  env: Environment;
  /** What `{node}` stands for: the absolute path of this Node. */
  node: string;
  /** The folder of the trusted mirrors, whose objects a checkout may borrow. Absolute. */
  mirrors: string;
}

type Maker = Parameters<Makers["run"]>[0];
type Job = Parameters<Makers["run"]>[1];

/** Runs command makers: any program that edits files in its working directory. */
export function openMakers(options: MakersOptions): Makers {
  return {
    run: async (maker, job, signal) => {
      let folder: string | undefined;
      try {
        // The prompt lies outside the checkout: whatever lies in it becomes part of the change.
        folder = uses(maker.argv, "promptFile") ? await mkdtemp(join(tmpdir(), "loom-prompt-")) : undefined;
        return await runMaker({ options, maker, job, folder }, signal);
      } catch (error) {
        return refusedBySystem(error, maker);
      } finally {
        if (folder !== undefined) await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function runMaker(
  {
    options,
    maker,
    job,
    folder,
  }: { options: MakersOptions; maker: Maker; job: Job; folder: string | undefined },
  signal: AbortSignal,
): Promise<Ended> {
  const { dir } = job.checkout;
  const promptFile = folder === undefined ? "" : join(folder, "prompt.md");
  const values = { prompt: job.prompt, promptFile, workdir: dir, skill: job.skillDir, node: options.node };
  const unknown = unknownPlaceholders(maker.argv, values);
  if (unknown.length > 0) {
    const known = Object.keys(values).map((name) => `{${name}}`);
    const reason = `starting ${maker.argv[0] ?? "the maker"}: its argv has ${unknown.join(", ")}; what can be filled in is ${known.join(", ")}`;
    return { kind: "not-started", reason };
  }
  if (folder !== undefined) await writeFile(promptFile, job.prompt);
  const { env, problems } = makerEnvironment(maker, options.env);
  for (const problem of problems) options.log("warn", problem, { runId: job.runId });
  return options.run(
    {
      argv: filledArgv(maker.argv, values),
      cwd: dir,
      env: { ...env, LOOM_RUN_ID: job.runId },
      ...(maker.stdin === "prompt" ? { stdin: job.prompt } : {}),
      wallMs: job.wallMs,
      outputBytesMax: job.outputBytesMax,
      network: maker.network,
      readable: [
        job.skillDir,
        ...(await borrowedObjects(dir, options.mirrors)),
        ...(folder === undefined ? [] : [folder]),
      ],
      writable: [],
    },
    signal,
  );
}

/** The disk is full or a folder is gone: the maker was not started. Anything else is a bug and goes on. */
function refusedBySystem(error: unknown, maker: Maker): Ended {
  if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
  const remedy = error.code === "ENOSPC" ? "the disk is full; free some space and retry" : error.message;
  return { kind: "not-started", reason: `starting ${maker.argv[0] ?? "the maker"}: ${remedy}` };
}
