// Runs the benchmarks one after the other, or those named: npm run bench -- start slash. Figures, not verdicts.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";

const wanted = process.argv.slice(2);
const all = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".bench.mjs"));
console.log(`node ${process.versions.node}, ${availableParallelism()} cores`);
for (const name of all.filter(
  (one) => wanted.length === 0 || wanted.includes(one.replace(".bench.mjs", "")),
)) {
  console.log(`\n${name}`);
  const argv = ["--import", "./dist/entry/steady-webassembly.js", `${import.meta.dirname}/${name}`];
  const ended = spawnSync(process.execPath, argv, { cwd: `${import.meta.dirname}/..`, stdio: "inherit" });
  if (ended.status !== 0) process.exitCode = 1;
}
