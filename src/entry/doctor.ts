import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readLock } from "../adapters/record/lock.ts";
import { openSandbox } from "../adapters/sandbox/open-sandbox.ts";
import { selfTest } from "../adapters/sandbox/self-test.ts";
import { readDefinitions } from "../config/definitions.ts";
import type { Environment } from "../config/environment.ts";
import { ruleOptions } from "./check-rules.ts";
import { definitionsRoot } from "./settings.ts";

interface Finding {
  /** A warning says what is weaker here; trouble says what will not work. */
  state: "good" | "warning" | "trouble";
  text: string;
}

/** Looks at what LoomStack stands on here: git, the sandbox, the data folder, Slack's tokens, the files. Changes nothing. */
export async function examine(environment: Environment): Promise<Finding[]> {
  return [
    nodeVersion(),
    await gitVersion(),
    ...(await sandbox(environment)),
    dataFolder(environment),
    slackAccess(environment),
    ...(await definitions()),
  ];
}

const finding = (state: Finding["state"], text: string): Finding => ({ state, text });

function nodeVersion(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return finding(
    isNew ? "good" : "trouble",
    `node ${process.versions.node}${isNew ? "" : "; 20.19 or newer is needed"}`,
  );
}

async function gitVersion(): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)("git", ["--version"]);
    const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    const isNew = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38);
    return finding(
      isNew ? "good" : "trouble",
      `${stdout.trim()}${isNew ? "" : "; 2.38 or newer is needed to predict merges"}`,
    );
  } catch {
    return finding("trouble", "git is not on the PATH; install it");
  }
}

async function sandbox({ home, sandbox: mode }: Environment): Promise<Finding[]> {
  mkdirSync(home, { recursive: true });
  try {
    const opened = await openSandbox({
      home,
      mode,
      readable: [],
      path: process.env["PATH"] ?? "",
      log: () => undefined,
    });
    if (opened.kind === "none")
      return [finding("warning", `no sandbox, programs run as this user: ${opened.why}`)];
    const tests = await selfTest(opened, join(home, "scratch"));
    return tests.map((test) =>
      finding(
        test.holds ? "good" : "trouble",
        `sandbox: ${test.what}${test.detail === "" ? "" : ` (${test.detail})`}`,
      ),
    );
  } catch (error) {
    return [finding("trouble", error instanceof Error ? error.message : String(error))];
  }
}

function dataFolder({ home, databaseUrl, redisUrl }: Environment): Finding {
  if (databaseUrl !== undefined) {
    const queue =
      redisUrl === undefined
        ? "the queue in it: one worker only, set REDIS_URL for more"
        : "the queue on Redis";
    return finding(redisUrl === undefined ? "warning" : "good", `record in Postgres, ${queue}`);
  }
  const owner = readLock(home);
  const who = owner?.isAlive === true ? `process ${owner.pid} has it` : "nobody has it";
  return finding("good", `record in ${home}, ${who}; a power cut can cost its newest data: loom backup`);
}

function slackAccess({ slack }: Environment): Finding {
  if (slack.kind === "none")
    return finding("warning", "no Slack tokens: only `loom dev` and the command line work");
  return finding(
    "good",
    slack.kind === "socket" ? "Slack by Socket Mode" : `Slack by signed HTTP on port ${slack.port}`,
  );
}

async function definitions(): Promise<Finding[]> {
  const read = await readDefinitions(definitionsRoot(), {}, ruleOptions);
  if (read.kind === "refused") return read.problems.map((problem) => finding("trouble", problem));
  return [finding("good", `${read.loops.length} loops: ${read.loops.map((loop) => loop.name).join(", ")}`)];
}
