// LoomStack's own cost of a run: wall time of `advance`, less what passes inside git, the checks and the makers. Once in an empty
// record and once beside 1,000 open findings and 200 open changes.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { openChecks } from "../dist/adapters/checks/open-checks.js";
import { openCode } from "../dist/adapters/git/code.js";
import { openPglite } from "../dist/adapters/record/open-pglite.js";
import { openSandbox } from "../dist/adapters/sandbox/open-sandbox.js";
import { readDefinitions } from "../dist/config/definitions.js";
import { advance } from "../dist/loop/run.js";
import { tick } from "../dist/loop/tick.js";
import { percentile } from "./dev-process.mjs";

const runs = 12;
const folder = mkdtempSync(join(tmpdir(), "loom-bench-"));
const quiet = () => undefined;

function makeRepository() {
  const work = join(folder, "work");
  mkdirSync(work);
  const git = (...args) =>
    execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@example.com", ...args], {
      cwd: work,
      encoding: "utf8",
    }).trim();
  git("init", "-q", "-b", "main");
  const commit = (files, subject) => {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(work, path), text);
    git("add", "-A");
    git("commit", "-q", "-m", subject);
  };
  const values = (bad) =>
    Object.fromEntries(Array.from({ length: runs }, (_, i) => [`f${i}.txt`, i < bad ? "bad\n" : "good\n"]));
  const check = `import { readFileSync, writeFileSync } from "node:fs";
const cases = Array.from({ length: ${runs} }, (_, i) => ({ i, ok: readFileSync("f" + i + ".txt", "utf8") === "good\\n" }));
writeFileSync("report.xml", "<testsuites>" + cases.map(({ i, ok }) => '<testcase name="t' + i + '">' + (ok ? "" : '<failure message="bad"/>') + "</testcase>").join("") + "</testsuites>");
process.exit(cases.every((one) => one.ok) ? 0 : 1);`;
  commit({ "check.mjs": check, ".gitignore": "report.xml\n", ...values(0) }, "begin");
  for (let i = 1; i <= runs; i += 1) commit(values(i), `break ${i}`);
  const remote = join(folder, "remote.git");
  git("clone", "-q", "--bare", ".", remote);
  return { remote, head: git("rev-parse", "HEAD"), tree: git("rev-parse", "HEAD^{tree}") };
}

/** Adds up the time in which at least one call is under way. */
function timed(port, clock) {
  return Object.fromEntries(
    Object.entries(port).map(([name, method]) => [
      name,
      (...args) => {
        const result = method(...args);
        if (!(result instanceof Promise)) return result;
        if (clock.under === 0) clock.since = performance.now();
        clock.under += 1;
        return result.finally(() => {
          clock.under -= 1;
          if (clock.under === 0) clock.outsideMs += performance.now() - clock.since;
        });
      },
    ]),
  );
}

async function measure(name, seed) {
  const home = join(folder, name);
  mkdirSync(home);
  const overrides = {
    repositories: { bench: { remote: repository.remote, target: "main" } },
    loops: {
      triage: {
        repository: "bench",
        check: { argv: ["node", "check.mjs"], report: "report.xml", borrow: {}, network: false },
      },
    },
  };
  const read = await readDefinitions(new URL("..", import.meta.url).pathname, overrides);
  const loops = read.loops.map((loop) => ({ ...loop, stop: { ...loop.stop, findingsPerTickMax: runs } }));
  const record = await openPglite(await PGlite.create());
  const sandbox = await openSandbox({ home, mode: "none", readable: [], path: process.env.PATH, log: quiet });
  const clock = { outsideMs: 0, under: 0, since: 0 };
  let ids = 0;
  const ports = {
    record,
    queue: {},
    code: timed(
      openCode({
        home,
        remotes: () => read.organisation.repositories.find((one) => one.name === "bench"),
        log: quiet,
        environment: process.env,
      }),
      clock,
    ),
    checks: timed(openChecks({ run: sandbox.run, log: quiet }), clock),
    makers: {},
    definitions: {
      organisation: () => read.organisation,
      loops: () => loops,
      problems: () => [],
      due: () => null,
    },
    now: () => new Date(),
    newId: (prefix) => {
      ids += 1;
      return `${prefix}-${String(ids).padStart(10, "0")}`;
    },
    worker: "bench",
    leaseMs: 30_000,
    log: quiet,
  };
  await record.transact((tx) => tx.setSwitch("triage", "running", "alice"));
  await seed(record);
  const signal = new AbortController().signal;
  await tick("triage", "bench", ports, signal);
  const costs = [];
  for (const run of (await record.liveRuns("triage"))
    .filter((one) => !one.id.startsWith("r-seed"))
    .slice(0, runs)) {
    clock.outsideMs = 0;
    const startedAt = performance.now();
    await advance(run.id, ports, signal);
    costs.push(performance.now() - startedAt - clock.outsideMs);
  }
  await record.close();
  costs.sort((a, b) => a - b);
  console.log(
    `${name.padEnd(9)} own cost of a run up to its hold: median ${percentile(costs, 0.5).toFixed(0)} ms, most ${costs.at(-1).toFixed(0)} ms (${costs.length} runs)`,
  );
  return percentile(costs, 0.5);
}

async function fill(record) {
  const at = new Date();
  const finding = (i) => ({
    id: `f-seed${i}`,
    repository: "bench",
    source: "issues",
    rule: "issue",
    title: `seeded ${i}`,
    paths: [],
    evidence: [],
    seenAt: repository.head,
  });
  await record.transact(async (tx) => {
    for (let i = 0; i < 1000; i += 1) await tx.seeFinding(finding(i), "other", at);
  });
  await record.transact(async (tx) => {
    for (let i = 0; i < 200; i += 1) {
      const runId = `r-seed${String(i).padStart(6, "0")}`;
      await tx.openRun({
        id: runId,
        loop: "other",
        findingId: `f-seed${i}`,
        repository: "bench",
        startedAt: at,
      });
      await tx.putChange({
        digest: "0".repeat(64),
        base: repository.head,
        head: repository.head,
        tree: repository.tree,
        files: [],
        authorEmails: [],
        repository: "bench",
        loop: "other",
        runId,
        branch: `loom/other/${runId}`,
        title: `seeded ${i}`,
        intent: { why: "seeded", deliberateTests: [] },
        state: "proposed",
      });
    }
  });
}

const repository = makeRepository();
try {
  const empty = await measure("empty", async () => undefined);
  const full = await measure("full", fill);
  console.log(`ratio full/empty ${(full / empty).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
