import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import type { Checkout, Makers, RunProgram } from "../../ports.ts";
import { fillTemplate } from "./fill-template.ts";

export interface MakersOptions {
  run: RunProgram;
  /** The operator's environment. A maker sees only what its loop names in `pass_env`. */
  env: { [name: string]: string | undefined };
  /** The program that `{node}` stands for. */
  node: string;
  /** Where the trusted mirrors are: only objects in there may be lent to a maker. */
  mirrors: string;
}

/** Programs that edit files in a checkout: any coding agent, any fixer. What they changed is asked from git, never from them. */
export function openMakers({ run, env, node, mirrors }: MakersOptions): Makers {
  return {
    run: async (maker, job, signal) => {
      const folder = await mkdtemp(join(tmpdir(), "loom-prompt-"));
      try {
        const promptFile = join(folder, "prompt.md");
        await writeFile(promptFile, job.prompt);
        const values = {
          prompt: job.prompt,
          promptFile,
          workdir: job.checkout.dir,
          skill: job.skillDir,
          node,
        };
        const filled = fillTemplate(maker.argv, values);
        if (filled.kind === "refused") return { kind: "not-started", reason: filled.reason };
        const program = {
          argv: filled.argv,
          cwd: job.checkout.dir,
          env: { ...maker.env, ...passed(maker.passEnv, env), LOOM_RUN: job.runId },
          wallMs: job.wallMs,
          outputBytesMax: job.outputBytesMax,
          network: maker.network,
          readable: [job.skillDir, folder, ...(await lentObjects(job.checkout, mirrors))],
          writable: [],
          ...(maker.stdin === "prompt" ? { stdin: job.prompt } : {}),
        };
        return await run(program, signal);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

const passed = (names: string[], env: MakersOptions["env"]): { [name: string]: string } =>
  Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined || name.startsWith("GIT_") ? [] : [[name, env[name]]])),
  );

/** The checkout's repository borrows the mirror's objects; git inside the sandbox must be able to read those, and nothing else of ours. */
async function lentObjects({ dir }: Checkout, mirrors: string): Promise<string[]> {
  const text = await readFile(join(dir, ".git", "objects", "info", "alternates"), "utf8");
  return text.split("\n").flatMap((line) => {
    const path = resolve(line.trim());
    const inside = relative(mirrors, path);
    return line.trim() === "" || inside.startsWith("..") ? [] : [path];
  });
}
