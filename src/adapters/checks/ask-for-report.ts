import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { nodeReporterSource, readNodeReport } from "./node-reporter.ts";
import { type Read, readReport, readWith } from "./read-report.ts";
import { recogniseRunner, type Scripts } from "./recognise-runner.ts";
import { readInside } from "./report-file.ts";
import type { Place } from "./test-names.ts";

export interface Asked {
  argv: string[];
  env: { [name: string]: string };
  /** The report that the runner left; null when it left none, or none was asked for. */
  collect: (place: Place) => Promise<Read | null>;
}

/** Asks the test runner that a command ends up in for a report in `folder`, without changing what it runs. */
export async function askForReport(argv: string[], checkoutDir: string, folder: string): Promise<Asked> {
  const { isNode, isPytest, atEnd } = recogniseRunner(argv, await scriptsOf(checkoutDir));
  const env: { [name: string]: string } = {};
  if (isNode) {
    await writeFile(join(folder, "reporter.mjs"), nodeReporterSource);
    env["NODE_OPTIONS"] = [
      "--test-reporter=spec --test-reporter-destination=stdout",
      `--test-reporter=${quoted(join(folder, "reporter.mjs"))}`,
      `--test-reporter-destination=${quoted(join(folder, "nothing"))}`,
    ].join(" ");
  }
  const pytestFile = join(folder, "pytest.xml");
  if (isPytest) env["PYTEST_ADDOPTS"] = `--junitxml='${pytestFile}' -o junit_family=xunit1`;
  const file = join(folder, "report.json");
  const asks = {
    vitest: ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    jest: ["--json", `--outputFile=${file}`, "--testLocationInResults"],
  };
  return {
    argv: atEnd === undefined ? argv : [...argv, ...atEnd.prefix, ...asks[atEnd.runner]],
    env,
    collect: (place) => collect(folder, place),
  };
}

async function collect(folder: string, place: Place): Promise<Read | null> {
  const jsonl = (await readdir(folder)).filter((name) => /^node-[0-9]+\.jsonl$/.test(name)).toSorted();
  const node = await textOf(folder, jsonl);
  const others = await Promise.all(["report.json", "pytest.xml"].map((name) => textOf(folder, [name])));
  const reads = [
    node === "" ? null : readWith(() => readNodeReport(node), place),
    ...others.map((text) => (text === "" ? null : readReport(text, place))),
  ].filter((read) => read !== null);
  const unreadable = reads.find((read) => read.kind === "unreadable");
  if (unreadable !== undefined || reads.length === 0) return unreadable ?? null;
  return { kind: "read", tests: reads.flatMap((read) => (read.kind === "read" ? read.tests : [])) };
}

/** The texts of the files that are there. One that is no plain file was not written by a runner, and is left out. */
async function textOf(folder: string, names: string[]): Promise<string> {
  const files = await Promise.all(names.map((name) => readInside(folder, name)));
  return files.map((file) => (file.kind === "text" ? file.text : "")).join("");
}

const packageFile = z.object({ scripts: z.record(z.string(), z.string()).optional() });

async function scriptsOf(checkoutDir: string): Promise<Scripts> {
  const file = await readInside(checkoutDir, "package.json");
  if (file.kind !== "text") return {};
  try {
    return packageFile.parse(JSON.parse(file.text)).scripts ?? {};
  } catch {
    // A package.json that npm cannot read either: the command itself will say so.
    return {};
  }
}

/** NODE_OPTIONS splits at spaces that are not in double quotes. */
const quoted = (path: string): string =>
  path.includes(" ") ? `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"` : path;
