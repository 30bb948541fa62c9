import type { z } from "zod";
import type { DeploySpec } from "../domain/loop.ts";
import { command, duration, variables } from "./command.ts";
import { deployLimit } from "./limits.ts";
import { plainName } from "./names.ts";
import { fields, matching } from "./shape.ts";

/** `deploy` of loop.yml: what runs once after a landing, when policy allows it. Whether the environment is known, org.yml says. */
export const deploy = fields({
  to: matching(plainName.pattern, "an environment of policies/org.yml"),
  command,
  within: duration(deployLimit),
  ...variables,
}).transform(
  (raw): DeploySpec => ({
    to: raw.to,
    argv: raw.command,
    wallMs: raw.within,
    env: raw.env,
    passEnv: raw.pass_env,
  }),
) satisfies z.ZodType<DeploySpec>;
