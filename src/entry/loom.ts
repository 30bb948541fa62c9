#!/usr/bin/env node
import "./steady-webassembly.ts";
import { parseArgs } from "node:util";
import { runCommandLine } from "./command-line.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    json: { type: "boolean" },
    as: { type: "string" },
    repo: { type: "string" },
    check: { type: "string" },
    cases: { type: "string" },
    rev: { type: "string" },
    last: { type: "string" },
    lookback: { type: "string" },
    resume: { type: "string" },
    out: { type: "string" },
    since: { type: "string" },
    with: { type: "string" },
    mutate: { type: "boolean" },
    help: { type: "boolean", short: "h" },
    version: { type: "boolean" },
  },
});

// `loom why … | head` closes our output early; that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

runCommandLine(positionals, values).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`loom: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
