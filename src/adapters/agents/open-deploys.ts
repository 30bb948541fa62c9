import type { Deploys, RunProgram } from "../../ports/processes.ts";
import { type Environment, makerEnvironment } from "./maker-environment.ts";

/** Runs deployment commands by `run`. One that lacks a variable it was promised is not started: half a deployment is worse than none. */
export function openDeploys({ run, env: operator }: { run: RunProgram; env: Environment }): Deploys {
  return {
    run: async (spec, job, signal) => {
      const { env, problems } = makerEnvironment(spec, operator);
      if (problems.length > 0) return { kind: "not-started", reason: problems.join("; ") };
      return run(
        {
          argv: spec.argv,
          cwd: job.checkout.dir,
          env: {
            ...env,
            LOOM_RUN_ID: job.runId,
            LOOM_DEPLOY_KEY: job.key,
            LOOM_DEPLOY_COMMIT: job.checkout.at,
            LOOM_DEPLOY_TO: spec.to,
          },
          wallMs: spec.wallMs,
          outputBytesMax: job.outputBytesMax,
          network: true,
          readable: [],
          writable: [],
        },
        signal,
      );
    },
  };
}
