import { z } from "zod";
import type { ToldTest } from "./test-names.ts";

/**
 * A reporter for node:test. Its own JUnit reporter does not tell a test's file, so tests of the same name in two files could
 * not be told apart. This one writes a line a test, and one file a process: `node --test a && node --test b` leaves two.
 */
export const nodeReporterSource = `
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const out = fileURLToPath(new URL("node-" + process.pid + ".jsonl", import.meta.url));
const stack = [];
const stderr = new Map();

export default async function* tell(events) {
  appendFileSync(out, "");
  for await (const { type, data } of events) {
    if (type === "test:stderr" && data.file) stderr.set(data.file, ((stderr.get(data.file) ?? "") + data.message).slice(-20000));
    if (type === "test:start") {
      stack.length = data.nesting;
      stack.push(data.name);
    }
    if (type === "test:pass" || type === "test:fail") write(type, data);
  }
  yield "";
}

function write(type, data) {
  const names = [...stack.slice(0, data.nesting), data.name];
  const failure = data.details?.error?.failureType;
  const isSuite = data.details?.type === "suite";
  const isToldInside = failure === "subtestsFailed";
  if (isToldInside || (isSuite && type === "test:pass")) return;
  const isSkipped = (data.skip !== undefined && data.skip !== false) || (data.todo !== undefined && data.todo !== false);
  const status = isSkipped ? "skipped" : type === "test:pass" ? "passed" : "failed";
  appendFileSync(out, JSON.stringify({ file: data.file, names, status, message: status === "failed" ? message(data) : "" }) + "\\n");
}

function message(data) {
  const error = data.details?.error;
  const cause = error?.cause;
  const text = String((cause && typeof cause === "object" ? cause.message : cause) ?? error?.message ?? "");
  // A file that does not load is told as "test failed"; why stands on its stderr only.
  const why = data.name === data.file ? /^(?:Uncaught )?[A-Za-z]*Error\\b.*$/m.exec(stderr.get(data.file) ?? "")?.[0] : undefined;
  return (why ?? text).slice(0, 20000);
}
`;

const line = z.object({
  file: z.string().optional(),
  names: z.array(z.string()),
  status: z.enum(["passed", "failed", "skipped"]),
  message: z.string(),
});

/** Reads what the reporter wrote. A last line without its end is of a process that was killed, and is left out. */
export const readNodeReport = (text: string): ToldTest[] =>
  text
    .split("\n")
    .slice(0, -1)
    .filter((entry) => entry !== "")
    .map((entry) => {
      const { file, ...test } = line.parse(JSON.parse(entry));
      return file === undefined ? test : { file, ...test };
    });
