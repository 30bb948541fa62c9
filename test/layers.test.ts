import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";

const root = join(import.meta.dirname, "..");
const summary = z.object({
  totalCruised: z.int(),
  violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
});

/** What dependency-cruiser says of `src/` below a folder; it exits with the number of errors. */
async function cruise(cwd: string): Promise<z.infer<typeof summary>> {
  const program = join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, "src", "--config", ".dependency-cruiser.mjs", "--output-type", "json"],
    { cwd, maxBuffer: 64_000_000 },
  ).catch((error: Error & { stdout?: string }) => {
    if (error.stdout?.startsWith("{")) return { stdout: error.stdout };
    throw error;
  });
  return z.object({ summary }).parse(JSON.parse(stdout)).summary;
}

/** One file that breaks one rule, and what else must be there for it. */
const planted: Record<string, Record<string, string>> = {
  "domain-is-pure": { "src/domain/planted.ts": 'export { readFile } from "node:fs/promises";' },
  "ports-name-domain-only": { "src/ports.ts": 'export { openRun } from "./loop/open-run.ts";' },
  "pillars-calculate": { "src/memory/planted.ts": 'export { advance } from "../loop/run.ts";' },
  "policy-alone-evaluates": {
    "src/memory/planted.ts": 'export { validate } from "@cedar-policy/cedar-wasm/nodejs";',
  },
  "loop-knows-no-vendor": { "src/loop/planted.ts": 'export { z } from "zod";' },
  "replay-compares-only": { "src/replay/planted.ts": 'export { compare } from "../loop/compare.ts";' },
  "adapters-do-not-meet": {
    "src/adapters/git/planted.ts": 'export { openSandbox } from "../sandbox/open-sandbox.ts";',
  },
  "local-knows-no-loops": { "src/local/slack/planted.ts": 'export { advance } from "../../loop/run.ts";' },
  "config-feeds-entry-only": { "src/trace/planted.ts": 'export { readDotEnv } from "../config/dot-env.ts";' },
  "config-knows-domain-only": { "src/config/planted.ts": 'export { advance } from "../loop/run.ts";' },
  "nobody-imports-entry": { "src/adapters/git/planted.ts": 'export { makeLog } from "../../entry/log.ts";' },
  "no-circular": {
    "src/domain/planted.ts": 'export { b } from "./planted-too.ts"; export const a = 1;',
    "src/domain/planted-too.ts": 'export { a } from "./planted.ts"; export const b = 1;',
  },
  "src-not-to-test": {
    "src/domain/planted.ts": 'export { until } from "../../test/until.ts";',
    "test/until.ts": "export const until = 1;",
  },
  "not-to-dev-dep": { "src/entry/planted.ts": 'export { default } from "typescript";' },
  "reachable-from-entry": { "src/domain/planted.ts": "export const dead = 1;" },
  "no-unresolvable": { "src/domain/planted.ts": 'export { gone } from "./gone.ts";' },
};

function copyWith(files: Record<string, string>): string {
  const copy = mkdtempSync(join(tmpdir(), "loom-layers-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  for (const name of ["src", "package.json", "tsconfig.json", ".dependency-cruiser.mjs"])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), `${text}\n`);
  }
  return copy;
}

describe("the floors of the house", () => {
  it("hold, over every file in src", async () => {
    const { totalCruised, violations } = await cruise(root);
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    expect(totalCruised).toBeGreaterThanOrEqual(files.filter((name) => name.endsWith(".ts")).length);
  });

  it("each have an example of what they forbid", async () => {
    const config: unknown = await import(pathToFileURL(join(root, ".dependency-cruiser.mjs")).href);
    const rules = z.object({ default: z.object({ forbidden: z.array(z.object({ name: z.string() })) }) });
    const names = rules.parse(config).default.forbidden.map((rule) => rule.name);
    expect(Object.keys(planted).toSorted()).toEqual(names.toSorted());
  });

  it("catch what is planted under every one of them", async () => {
    // All at once: a copy and a cruise for each would take minutes.
    const merged: Record<string, string> = {};
    for (const files of Object.values(planted))
      for (const [path, text] of Object.entries(files)) merged[path] = `${merged[path] ?? ""}${text}\n`;
    const { violations } = await cruise(copyWith(merged));
    const missed = Object.entries(planted).filter(
      ([name, files]) => !violations.some(({ rule, from }) => rule.name === name && from in files),
    );
    expect(missed.map(([name]) => name)).toEqual([]);
  });
});
