import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** PATH and an identity for commits; nothing of the machine's own git configuration. */
const env = {
  PATH: process.env["PATH"] ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "Test",
  GIT_AUTHOR_EMAIL: "test@example.com",
  GIT_COMMITTER_NAME: "Test",
  GIT_COMMITTER_EMAIL: "test@example.com",
};

export async function git(folder: string, ...args: string[]): Promise<string> {
  const { stdout } = await run("git", ["-C", folder, ...args], { env });
  return stdout.trim();
}

export async function tempFolder(): Promise<string> {
  return await mkdtemp(join(tmpdir(), "loom-sample-"));
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

// Node 20's own reporters leave the file out; the events they are made of have it.
const reporter = `
  import { relative } from "node:path";
  export default async function* (events) {
    const names = [];
    for await (const { type, data } of events) {
      if (type === "test:start") names.splice(data.nesting, Infinity, data.name);
      if ((type !== "test:pass" && type !== "test:fail") || data.details.type === "suite") continue;
      const id = [relative(process.cwd(), data.file), ...names.slice(0, data.nesting), data.name].join(" › ");
      yield JSON.stringify([type.slice(5), id]) + "\\n";
    }
  }
`;

type Report = { passed: string[]; failed: string[] };

/** Runs the shop's tests (all, or the files named) in a checkout, as `npm test` does there. */
export async function runTests(checkout: string, ...files: string[]): Promise<Report> {
  const folder = await tempFolder();
  const path = join(folder, "reporter.mjs");
  await writeFile(path, reporter);
  const args = ["--test", `--test-reporter=${path}`, "--test-reporter-destination=stdout", ...files];
  // A failing test ends with exit 1; what it printed is the answer all the same.
  const { stdout } = await run(process.execPath, args, { cwd: checkout, env }).catch(
    (error: { stdout: string }) => error,
  );
  await removeFolder(folder);
  const results = stdout
    .trim()
    .split("\n")
    .map((line): [string, string] => JSON.parse(line));
  const ids = (kind: string) => results.filter(([result]) => result === kind).map(([, id]) => id);
  return { passed: ids("pass").sort(), failed: ids("fail").sort() };
}
