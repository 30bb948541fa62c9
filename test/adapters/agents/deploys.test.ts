import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openDeploys } from "../../../src/adapters/agents/open-deploys.ts";
import { openSandbox } from "../../../src/adapters/sandbox/open-sandbox.ts";
import type { DeploySpec } from "../../../src/domain/loop.ts";

const never = new AbortController().signal;
const printsEnvironment = `console.log(JSON.stringify(process.env)); process.exit(3);`;

async function deployed(spec: Partial<DeploySpec>, operator: { [name: string]: string }) {
  const home = await mkdtemp(join(tmpdir(), "loom-deploys-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const dir = await mkdtemp(join(home, "checkout-"));
  await writeFile(join(dir, "deploy.mjs"), printsEnvironment);
  const sandbox = await openSandbox({ home, mode: "auto", readable: [], log: () => undefined });
  const whole = {
    to: "production",
    argv: [process.execPath, "deploy.mjs"],
    env: {},
    passEnv: [],
    wallMs: 20_000,
  };
  return openDeploys({ run: sandbox.run, env: operator }).run(
    { ...whole, ...spec },
    {
      checkout: { dir, at: "a".repeat(40), repository: "shop" },
      key: "production-r-0123456789",
      runId: "r-0123456789",
      outputBytesMax: 100_000,
    },
    never,
  );
}

it("tells the command its key, commit and environment, and of the operator's variables the named ones only", async () => {
  const ended = await deployed(
    { env: { MODE: "fast" }, passEnv: ["DEPLOY_TOKEN"] },
    { DEPLOY_TOKEN: "t-1", SLACK_BOT_TOKEN: "xoxb-1" },
  );

  expect(ended).toMatchObject({ kind: "exited", exit: 3 });
  const environment = ended.kind === "exited" ? JSON.parse(ended.output) : {};
  expect(environment).toMatchObject({
    MODE: "fast",
    DEPLOY_TOKEN: "t-1",
    LOOM_RUN_ID: "r-0123456789",
    LOOM_DEPLOY_KEY: "production-r-0123456789",
    LOOM_DEPLOY_COMMIT: "a".repeat(40),
    LOOM_DEPLOY_TO: "production",
  });
  expect(environment).not.toHaveProperty("SLACK_BOT_TOKEN");
});

it("does not start a command whose variable is not set", async () => {
  expect(await deployed({ passEnv: ["DEPLOY_TOKEN"] }, {})).toEqual({
    kind: "not-started",
    reason: "DEPLOY_TOKEN is to be passed to the program, but it is not set here",
  });
});
