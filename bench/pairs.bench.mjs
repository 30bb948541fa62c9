// One change is updated beside 100 and 1,000 in flight: its record, the index, and merges with what it may collide with; beside merging
// with all of them, and beside path leases. With CASES (a folder of pairs.<name>.jsonl) and REPOS (name=folder,…): the same on
// real histories, beside the rules of thumb that the cases bring along.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { PGlite } from "@electric-sql/pglite";
import { openCode } from "../dist/adapters/git/code.js";
import { openHistory } from "../dist/adapters/git/open-history.js";
import { openPglite } from "../dist/adapters/record/open-pglite.js";
import { touchKeys } from "../dist/coordination/overlap.js";
import { replayPairs } from "../dist/replay/pairs.js";
import { percentile } from "./dev-process.mjs";

const folder = mkdtempSync(join(tmpdir(), "loom-bench-"));
const quiet = () => undefined;
const updates = 100;
const files = 2_000;

/** The same at every run. */
let seed = 7;
const random = (below) => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return Math.floor((seed / 2_147_483_648) * below);
};
const pathOf = (n) => `src/part${n % 40}/file${n}.ts`;
const linesOf = (n) => Array.from({ length: 60 }, (_, at) => `line ${at} of file ${n}\n`);

/** A base of 2,000 files and changes on it; one in four also touches one of five files that everybody touches. */
function makeRemote(count) {
  const remote = join(folder, "remote.git");
  execFileSync("git", ["init", "-q", "--bare", "-b", "main", remote]);
  const text = (body) => `data ${Buffer.byteLength(body)}\n${body}\n`;
  const input = [`commit refs/heads/main\nmark :1\ncommitter b <b@example.com> 1 +0000\n${text("base")}`];
  for (let n = 0; n < files; n += 1) input.push(`M 100644 inline ${pathOf(n)}\n${text(linesOf(n).join(""))}`);
  const edited = (n) => {
    const lines = linesOf(n);
    lines[random(60)] = `edited ${random(1e9)}\n`;
    return `M 100644 inline ${pathOf(n)}\n${text(lines.join(""))}`;
  };
  for (let c = 0; c < count; c += 1) {
    input.push(
      `commit refs/heads/loom/loop${c % 8}/r${c}\ncommitter b <b@example.com> 2 +0000\n${text("change")}from :1\n`,
    );
    const touched = new Set(Array.from({ length: 1 + random(5) }, () => random(files)));
    if (random(4) === 0) touched.add(random(5));
    for (const n of touched) input.push(edited(n));
  }
  execFileSync("git", ["--git-dir", remote, "fast-import", "--quiet"], { input: input.join("") });
  return remote;
}

const told = (costs) => {
  const sorted = [...costs].sort((a, b) => a - b);
  return `p50 ${percentile(sorted, 0.5).toFixed(1)} ms, p99 ${percentile(sorted, 0.99).toFixed(1)} ms`;
};

async function openFlight(count) {
  const remote = makeRemote(count);
  const repository = { name: "shop", remote, target: "main", approvers: "leads" };
  const environment = { PATH: process.env.PATH, HOME: folder };
  const code = openCode({
    ...{ home: join(folder, "home"), remotes: () => repository },
    ...{ log: quiet, environment },
  });
  const { target, branches } = await code.fetch(repository);
  const scratch = join(folder, "scratch");
  const history = await openHistory({ repository: remote, scratch, path: process.env.PATH, log: quiet });
  const names = [...branches];
  const changes = [];
  for await (const record of history.records(names.map(([, head]) => ({ base: target, head })))) {
    const branch = names[changes.length][0];
    changes.push({ ...changeOf(branch, record), record });
  }
  return { code, changes, record: await openPglite(await PGlite.create()) };
}

function changeOf(branch, { base, head, files }) {
  const [, loop, runId] = branch.split("/");
  return {
    ...{ base, head, tree: head, digest: head, authorEmails: [], files, repository: "shop", loop, runId },
    ...{ branch, title: runId, state: "proposed", intent: { why: "bench", deliberateTests: [] } },
  };
}

async function open(store, { record, ...change }) {
  const at = new Date();
  const finding = {
    ...{ id: `f-${change.runId}`, repository: "shop", source: "checks", rule: "bench", title: "bench" },
    ...{ paths: [], evidence: [], seenAt: change.base },
  };
  await store.transact(async (tx) => {
    await tx.seeFinding(finding, change.loop, at);
    const { runId, loop } = change;
    await tx.openRun({ id: runId, loop, findingId: finding.id, repository: "shop", startedAt: at });
    await tx.putChange(change, { record, keys: touchKeys(record).kept });
  });
}

/** As a new head of a change in flight is compared: nothing about it is known beforehand. */
async function update({ record, code }, { record: _, ...change }) {
  const indexed = await code.changeRecord("shop", change.base, change.head);
  const keys = touchKeys(indexed);
  await record.transact((tx) => tx.putChange(change, { record: indexed, keys: keys.kept }));
  const query = { repository: "shop", keys: keys.sought, except: change.runId, limit: 200 };
  const { found } = await record.colliding(query);
  const merged = await mergeWith(
    code,
    change,
    found.map((one) => one.change),
  );
  return { merges: found.length, hits: merged.filter(isConflict).length };
}

const isConflict = (preview) => preview.kind === "conflict";
const mergeWith = (code, change, others) =>
  code.mergeAll(
    "shop",
    others.map((one) => ({ ours: change.head, theirs: one.head })),
  );
const share = (part, whole) => `${((100 * part) / Math.max(1, whole)).toFixed(2)} %`;

async function benchUpdates(flight, count) {
  const inFlight = flight.changes.slice(0, count);
  const updated = Array.from({ length: updates }, (_, turn) => inFlight[(turn * 37) % count]);
  // Merging all pairs takes so long that it is done for some of the updates only.
  const compared = count > 500 ? 10 : updates;
  const costs = [];
  const ours = { merges: 0, hits: 0 };
  for (const [turn, change] of updated.entries()) {
    const from = performance.now();
    const { merges, hits } = await update(flight, change);
    costs.push(performance.now() - from);
    ours.merges += merges;
    if (turn < compared) ours.hits += hits;
  }
  const all = await mergeAllPairs(flight.code, inFlight, updated.slice(0, compared));
  const pairs = updates * (count - 1);
  console.log(
    `${count} in flight (load ${loadavg()[0].toFixed(1)}, a git process alone ${processMs().toFixed(1)} ms), ${all.hits} conflicts in ${compared * (count - 1)} pairs:`,
  );
  console.log(
    `  index and merges     ${told(costs)}; merged ${share(ours.merges, pairs)} of the pairs, found ${share(ours.hits, all.hits)}`,
  );
  console.log(`  merging all pairs    ${told(all.costs)}; merged 100 % of the pairs`);
  console.log(
    `  path leases          no merges; ${all.leased} alarms, ${share(all.leasedHits, all.leased)} of them conflicts`,
  );
}

/** What starting git costs on this machine at this moment: an update starts it three or four times. */
function processMs() {
  const from = performance.now();
  for (let turn = 0; turn < 20; turn += 1) execFileSync("git", ["--version"]);
  return (performance.now() - from) / 20;
}

async function mergeAllPairs(code, inFlight, updated) {
  const all = { costs: [], hits: 0, leased: 0, leasedHits: 0 };
  for (const change of updated) {
    const others = inFlight.filter((one) => one !== change);
    const from = performance.now();
    const merged = await mergeWith(code, change, others);
    all.costs.push(performance.now() - from);
    const paths = new Set(change.files.map((file) => file.path));
    const leased = others.map((one) => one.files.some((file) => paths.has(file.path)));
    all.hits += merged.filter(isConflict).length;
    all.leased += leased.filter(Boolean).length;
    all.leasedHits += merged.filter((one, at) => isConflict(one) && leased[at]).length;
  }
  return all;
}

async function benchCases(cases, repos) {
  const symbols = readRows(join(cases, "symbols.jsonl.gz"));
  console.log(
    "repository | rows | path lease | hunks touch | within 3 lines | same symbol | merging where it may matter (precision / recall in %)",
  );
  for (const [name, repository] of repos) {
    const rows = readRows(join(cases, `pairs.${name}.jsonl`));
    const hints = new Map(symbols.map((one) => [`${one.tip} ${one.landed}`, one]));
    const scratch = join(folder, `scratch-${name}`);
    const history = await openHistory({ repository, scratch, path: process.env.PATH, log: quiet });
    const from = performance.now();
    const found = [];
    for await (const row of replayPairs(history, rows, () => performance.now())) found.push(row);
    const seconds = (performance.now() - from) / 1000;
    const real = rows.filter((row) => row.conflict).length;
    const score = (says) => {
      const said = rows.filter((row, at) => says(row, found[at]));
      const hits = said.filter((row) => row.conflict).length;
      return `${((100 * hits) / Math.max(1, said.length)).toFixed(1)} / ${((100 * hits) / real).toFixed(1)}`;
    };
    const hint = (row) => hints.get(`${row.tip} ${row.landed}`) ?? {};
    // Of the pairs that share no path the set has a sample of 2 %.
    const weight = (row) => (row.conflict || row.overlap.length > 0 ? 1 : 50);
    const merged = rows.reduce((sum, row, at) => sum + (found[at].merged ? weight(row) : 0), 0);
    const pairs = rows.reduce((sum, row) => sum + weight(row), 0);
    console.log(
      [
        name,
        rows.length,
        score((row) => row.overlap.length > 0),
        score((row) => hint(row).hunkTouch),
        score((row) => hint(row).hunkNear3),
        score((row) => hint(row).sameSymbol),
        `${score((_, one) => one.conflict)}, ${((100 * merged) / pairs).toFixed(1)} % of ${pairs} pairs merged, ${seconds.toFixed(1)} s`,
      ].join(" | "),
    );
  }
}

function readRows(file) {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

try {
  const flight = await openFlight(1_000);
  let opened = 0;
  for (const count of [100, 1_000]) {
    for (; opened < count; opened += 1) await open(flight.record, flight.changes[opened]);
    await benchUpdates(flight, count);
  }
  await flight.record.close();
  const { CASES, REPOS = "" } = process.env;
  const repos = REPOS.split(",")
    .filter(Boolean)
    .map((one) => one.split("="));
  if (CASES !== undefined && existsSync(CASES)) await benchCases(CASES, repos);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
