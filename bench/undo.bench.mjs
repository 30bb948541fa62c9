// Undo: one change against 2,000 landed; a record against git's own diff of it; memory over 20,000 commits. On a made-up history, or
// on the repository that REPO names. With CASES, a folder of mined commits with what they undo (undo-dev*.jsonl), recall and false
// alarms beside those of the rules that ours began with.
import { spawn } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createGunzip } from "node:zlib";
import { openHistory } from "../dist/adapters/git/open-history.js";
import { findUndos } from "../dist/coordination/undo.js";
import { undoFacts } from "../dist/coordination/undo-facts.js";
import { openUndoIndex } from "../dist/coordination/undo-index.js";
import { inverse, measure } from "../dist/coordination/undo-measure.js";
import { replayUndo } from "../dist/replay/undo.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
const told = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  return `p50 ${at(sorted, 0.5).toFixed(3)} ms, p99 ${at(sorted, 0.99).toFixed(3)} ms`;
};
/** Time on the processor: other processes of a busy machine do not count. */
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
let seed = 1;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};

const run = (args, { input, cwd } = {}) =>
  new Promise((done, fail) => {
    const child = spawn("git", args, { cwd, stdio: ["pipe", "pipe", "inherit"] });
    let bytes = 0;
    child.stdout.on("data", (piece) => {
      bytes += piece.length;
    });
    child.on("error", fail);
    child.on("close", (status) =>
      status === 0 ? done(bytes) : fail(new Error(`git ${args[0]}: ${status}`)),
    );
    (async () => {
      for (const piece of input?.() ?? [])
        if (!child.stdin.write(piece)) await new Promise((next) => child.stdin.once("drain", next));
      child.stdin.end();
    })().catch(fail);
  });

/** Commits of one to four files out of 600, some lines each; one commit in fifty takes an earlier one back. */
function* commits(count) {
  const files = Array.from({ length: 600 }, (_, n) =>
    Array.from({ length: 60 }, (_, line) => `  line ${line} of file ${n} is here`),
  );
  const undo = [];
  for (let n = 1; n <= count; n += 1) {
    const old = n % 50 === 0 ? undo.splice(0) : undefined;
    const changed =
      old ??
      Array.from({ length: 1 + Math.floor(random() * 4) }, () => Math.floor(random() * files.length)).map(
        (file) => [file, files[file]],
      );
    if (n % 50 === 30) undo.push(...changed);
    let text = `commit refs/heads/main\ncommitter m <m${n % 17}@example.org> ${1_600_000_000 + n * 60} +0000\ndata 1\nx\n`;
    for (const [file, before] of changed) {
      const from = Math.floor(random() * 50);
      files[file] = old
        ? before
        : before.toSpliced(
            from,
            Math.floor(random() * 6),
            ...Array.from(
              { length: Math.floor(random() * 12) },
              (_, k) => `  words ${n} and ${k} of ${file}`,
            ),
          );
      const body = `${files[file].join("\n")}\n`;
      text += `M 644 inline src/m${file % 30}/f${file}.ts\ndata ${body.length}\n${body}\n`;
    }
    yield text;
  }
}

async function onHistory(repository, scratch) {
  const history = await openHistory({
    repository,
    scratch,
    path: process.env.PATH ?? "",
    log: (_, text) => console.log(text),
  });
  const rev = await history.resolve("HEAD");
  const last = 20_000;

  const pairs = [];
  const landed = [];
  for await (const change of history.changes({ rev, last: 4_000 })) {
    pairs.push({ base: change.record.base, head: change.sha });
    landed.push(change);
  }
  const lines = () => [
    pairs
      .map(({ base, head }) =>
        base === "4b825dc642cb6eb9a060e54bf8d69288fbee4904" ? `${head}\n` : `${head} ${base}\n`,
      )
      .join(""),
  ];
  const diff = [
    "-C",
    repository,
    "diff-tree",
    "--stdin",
    "--root",
    "-r",
    "--raw",
    "-p",
    "-U0",
    "-z",
    "-M",
    "-l1000",
  ];
  const [git, own, here] = [[], [], []];
  for (let round = 0; round < 5; round += 1) {
    let from = performance.now();
    await run(diff, { input: lines });
    git.push(performance.now() - from);
    from = performance.now();
    const busy = clock();
    for await (const _ of history.records(pairs));
    own.push(performance.now() - from);
    here.push(clock() - busy);
  }
  const [gitMs, ownMs, hereMs] = [git, own, here].map((all) => Math.min(...all));
  console.log(
    `records of ${pairs.length} commits: ${ownMs.toFixed(0)} ms, ${hereMs.toFixed(0)} of them busy beside git; git's own diff of them: ${gitMs.toFixed(0)} ms (${(ownMs / gitMs).toFixed(2)} times, best of 5)`,
  );

  const index = openUndoIndex({ changesMax: 2_000 });
  const times = [];
  for (const [n, change] of landed.entries()) {
    const from = clock();
    findUndos(change, index, { lookback: 2_000 });
    if (n >= 2_000) times.push(clock() - from);
    index.add(change);
  }
  if (times.length > 0)
    console.log(`one change against 2,000 landed, with its facts, ${times.length} times: ${told(times)}`);

  const memory = [];
  let done = 0;
  for await (const _ of replayUndo(history.changes({ rev, last }), { lookback: 200, clock })) {
    done += 1;
    if (done % 4_000 !== 0) continue;
    collect();
    memory.push(`${Math.round(process.memoryUsage().heapUsed / 1e6)} MB`);
  }
  console.log(
    `memory in use after each 4,000 of ${done} commits: ${memory.join(", ")}; most at any time ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  );
}

const rowsOf = (file) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const number = (hash) =>
  Number.parseInt(Buffer.from(`${hash}AA`, "base64url").toString("hex").slice(0, 12), 16);
const statuses = { A: "added", M: "modified", D: "deleted", R: "renamed", T: "type-changed" };

/** Lines both added and removed, anywhere in the change, only moved. */
function withoutMoved(files) {
  const counts = new Map();
  const count = (line, by) => counts.set(line, (counts.get(line) ?? 0) + by);
  for (const file of files) for (const line of file.removed) count(line, 1);
  const moved = new Map();
  for (const file of files)
    file.added = file.added.filter((line) => {
      if (!(counts.get(line) > 0)) return true;
      count(line, -1);
      moved.set(line, (moved.get(line) ?? 0) + 1);
      return false;
    });
  for (const file of files)
    file.removed = file.removed.filter((line) => {
      if (!(moved.get(line) > 0)) return true;
      moved.set(line, moved.get(line) - 1);
      return false;
    });
  return files;
}

const changeOf = (row) => ({
  ...{ sha: row.sha, author: row.authorHash, at: new Date(row.time * 1000) },
  record: {
    ...{ base: row.parent ?? "", head: row.sha, weaker: [] },
    files: withoutMoved(
      row.paths.map(({ path, renamedFrom, status, before, after }, n) => ({
        ...{ path, ...(renamedFrom ? { from: renamedFrom } : {}), status: statuses[status], before, after },
        ...{
          content: "text",
          hunks: [],
          added: row.added[n].map(number),
          removed: row.removed[n].map(number),
        },
      })),
    ),
  },
});

const half = (found) =>
  found.returned.length > 0 &&
  found.returned.length * 2 >= found.landedPaths &&
  found.returned.length * 2 >= found.ownPaths;
const published = (found) => {
  const { added, removed } = found;
  const back = added.back + removed.back;
  const third =
    (added.own > 0 && added.back / added.own >= 0.3) ||
    (removed.own > 0 && removed.back / removed.own >= 0.3);
  return (
    half(found) ||
    (added.back > 0 && removed.back > 0 && inverse(found) >= 0.5) ||
    (inverse(found) >= 0.8 && back >= 3 && third)
  );
};
const exact = (found) =>
  found.returned.length > 0 &&
  found.returned.length === found.landedPaths &&
  found.returned.length === found.ownPaths;
const byMeasure = (rule) => (change, index, lookback) => {
  const facts = undoFacts(change.record);
  return index.candidates(facts, lookback).filter((landed) => rule(measure(facts, landed.facts, "all")));
};
const rules = {
  "exact blobs": byMeasure(exact),
  "T1 to T3": byMeasure(published),
  ours: (change, index, lookback) => findUndos(change, index, { lookback }),
};

const lookback = 200;
const none = () => ({ declared: 0, found: 0, plain: 0, alarms: 0 });

/** One repository's commits, in their order: what each rule says of each, against what is known. */
function openScores(truth, excluded) {
  const index = openUndoIndex({ changesMax: lookback * 2 });
  const authors = new Map();
  const places = new Map();
  const scores = new Map(Object.keys(rules).map((name) => [name, none()]));
  const nearest = (shas) => {
    const found = shas.filter((sha) => places.size - (places.get(sha) ?? -lookback - 1) <= lookback);
    return found.toSorted((a, b) => places.get(b) - places.get(a))[0];
  };
  const judge = (score, flags, change) => {
    const target = truth.get(change.sha);
    if (target?.explicit) {
      const near = nearest(target.undoes);
      if (near === undefined) return;
      score.declared += 1;
      if (flags.some((one) => one.sha === near)) score.found += 1;
    } else if (!excluded.has(change.sha)) {
      score.plain += 1;
      if (flags.some((one) => authors.get(one.sha) !== change.author)) score.alarms += 1;
    }
  };
  return {
    scores,
    take: (change) => {
      for (const [name, score] of scores) judge(score, rules[name](change, index, lookback), change);
      index.add(change);
      authors.set(change.sha, change.author);
      places.set(change.sha, places.size);
    },
  };
}

const share = (part, whole, digits) => `${((part / whole) * 100).toFixed(digits)} %`;
const words = ({ found, declared, alarms, plain }) =>
  `${found}/${declared} declared, ${share(alarms, plain, 2)} of the others flagged across authors`;

async function onCases(folder) {
  const truth = new Map(rowsOf(join(folder, "undo-dev.truth.jsonl")).map((row) => [row.sha, row]));
  for (const row of truth.values()) if (!row.explicit) truth.delete(row.sha);
  const excluded = new Set(rowsOf(join(folder, "undo-dev.exclude.jsonl")).map((row) => row.sha));
  const repositories = new Map();
  const stream = createReadStream(join(folder, "undo-dev.jsonl.gz")).pipe(createGunzip());
  for await (const line of createInterface({ input: stream })) {
    const row = JSON.parse(line);
    if (!repositories.has(row.repo)) repositories.set(row.repo, openScores(truth, excluded));
    repositories.get(row.repo).take(changeOf(row));
  }
  for (const name of Object.keys(rules)) {
    const total = none();
    const each = [...repositories].map(([repo, { scores }]) => {
      for (const key of Object.keys(total)) total[key] += scores.get(name)[key];
      return `  ${repo}: ${words(scores.get(name))}`;
    });
    console.log(`${name}: ${share(total.found, total.declared, 1)} recall; ${words(total)}`);
    console.log(each.join("\n"));
  }
}

const work = mkdtempSync(join(tmpdir(), "loom-undo-"));
try {
  let repository = process.env.REPO;
  if (repository === undefined) {
    repository = join(work, "made-up.git");
    await run(["init", "-q", "--bare", "-b", "main", repository]);
    await run(["-C", repository, "fast-import", "--quiet"], { input: () => commits(20_000) });
  }
  await onHistory(repository, join(work, "scratch"));
  const cases = process.env.CASES;
  if (cases !== undefined && existsSync(cases)) await onCases(cases);
} finally {
  rmSync(work, { recursive: true, force: true });
}
