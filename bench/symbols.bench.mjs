// Symbols: how fast texts are parsed, and what judging one pair of changes costs on a repository made for it: 400 modules, changes of
// 1 to 20 files, one pair in five with a function that one side renames and the other newly calls.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openHistory } from "../dist/adapters/git/open-history.js";
import { openSymbols } from "../dist/adapters/treesitter/open-symbols.js";
import { replayDependency } from "../dist/replay/dependency.js";
import { percentile } from "./dev-process.mjs";

const at = (times, part) =>
  percentile(
    times.toSorted((a, b) => a - b),
    part,
  ).toFixed(1);

const symbols = openSymbols();
const own = readFileSync(new URL("../dist/domain/parse-command.js", import.meta.url), "utf8");
const text = own.replaceAll("export ", "").repeat(20);
await symbols.read("warm.js", own);
const parses = [];
for (let turn = 0; turn < 20; turn += 1) {
  const start = performance.now();
  await symbols.read("a.js", text, { references: [] });
  parses.push(performance.now() - start);
}
const median = parses.toSorted((a, b) => a - b)[10];
console.log(
  `parsing and reading ${Math.round(text.length / 1024)} KiB: ${(text.length / 1024 / 1024 / (median / 1000)).toFixed(1)} MiB/s`,
);

const modules = 400;
const pairs = 200;
const folder = mkdtempSync(join(tmpdir(), "loom-bench-symbols-"));
const repository = join(folder, "repo.git");
const git = (args, input = "") => execFileSync("git", args, { input, encoding: "utf8" });

const moduleText = (n, name = `work${n}`, more = "") =>
  `import { work${(n + 1) % modules} as next } from "./m${(n + 1) % modules}";\n${Array.from(
    { length: 20 },
    (_, at) =>
      `export function step${n}_${at}(a, b) {\n  const sum = a + b + ${at};\n  return next(sum, ${n});\n}\n`,
  ).join("\n")}\nexport function ${name}(a, b) {\n  return step${n}_0(a, b);\n}\n${more}`;

function commit(branch, files, parent) {
  const from = parent === undefined ? "" : `from refs/heads/${parent}\n`;
  const writes = Object.entries(files).map(
    ([path, content]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`,
  );
  return `commit refs/heads/${branch}\ncommitter A <a@b> 1700000000 +0000\ndata 1\nx\n${from}${writes.join("")}\n`;
}

function side(pair, which) {
  const size = 1 + ((pair * 7) % 20);
  const files = {};
  for (let at = 0; at < size; at += 1) {
    const n = (pair * 31 + at * 2 + which) % modules;
    files[`src/m${n}.js`] = moduleText(
      n,
      undefined,
      `export const added${pair}_${which} = step${n}_1(${pair}, 2);\n`,
    );
  }
  const n = (pair * 31) % modules;
  if (pair % 5 === 0 && which === 0) files[`src/m${n}.js`] = moduleText(n, `renamed${n}`);
  if (pair % 5 === 0 && which === 1)
    files[`src/new${pair}.js`] = `import { work${n} } from "./m${n}";\nexport const x = work${n}(1, 2);\n`;
  return files;
}

try {
  git(["init", "-q", "--bare", repository]);
  const base = Object.fromEntries(Array.from({ length: modules }, (_, n) => [`src/m${n}.js`, moduleText(n)]));
  const stream = [commit("base", base)];
  for (let pair = 0; pair < pairs; pair += 1)
    for (const which of [0, 1]) stream.push(commit(`p${pair}-${which}`, side(pair, which), "base"));
  git(["--git-dir", repository, "fast-import", "--quiet"], stream.join(""));
  const shas = new Map(
    git(["--git-dir", repository, "for-each-ref", "--format=%(refname:short) %(objectname)"])
      .trim()
      .split("\n")
      .map((line) => line.split(" ")),
  );
  const history = await openHistory({
    repository,
    scratch: join(folder, "scratch"),
    path: process.env.PATH,
    log: () => undefined,
  });
  const cases = Array.from({ length: pairs }, (_, pair) => ({
    merge: `${pair}`,
    base: shas.get("base"),
    left: shas.get(`p${pair}-0`),
    right: shas.get(`p${pair}-1`),
  }));
  const [times, cpu, wrong] = [[], process.cpuUsage(), []];
  for await (const row of replayDependency(cases, { history, symbols, clock: () => performance.now() })) {
    times.push(row.ms);
    if (row.flagged !== (Number(row.merge) % 5 === 0)) wrong.push(row.merge);
  }
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `judging a pair, git's processes with it: ${at(times, 0.5)} ms p50, ${at(times, 0.99)} ms p99 (load ${loadavg()[0].toFixed(1)})`,
  );
  console.log(`of it in this process: ${((user + system) / 1000 / pairs).toFixed(1)} ms of CPU a pair`);
  console.log(`${wrong.length} of ${pairs} pairs judged wrong`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
