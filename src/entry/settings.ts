import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDotEnv } from "../config/dot-env.ts";
import { type Environment, readEnvironment } from "../config/environment.ts";

/** LoomStack's own folder: where the shipped skills, policies and manifest are. */
export const packageRoot = fileURLToPath(new URL("../..", import.meta.url));

/** Where skills and policies are read: the working directory when it has them, else what is shipped. */
export const definitionsRoot = (): string =>
  existsSync(join(process.cwd(), "policies", "org.yml")) ? process.cwd() : packageRoot;

/** The environment with `.env` below it. Throws with every problem at once. */
export function readSettings(): Environment {
  const path = join(process.cwd(), ".env");
  const file = readDotEnv(existsSync(path) ? readFileSync(path, "utf8") : "");
  if (file.kind === "refused") throw new Error(file.problems.join("\n"));
  const read = readEnvironment({ ...file.values, ...process.env }, process.cwd());
  if (read.kind === "refused") throw new Error(read.problems.join("\n"));
  return read.environment;
}
