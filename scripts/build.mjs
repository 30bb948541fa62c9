// Builds dist/. With --if-stale it does nothing when dist/ is newer than every source file.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Written last, with the time of the beginning: a build that failed, or an edit during it, leaves dist/ stale.
const stamp = "dist/.tsbuildinfo.done";
const begunAt = new Date();
const newestMs = (path) => {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
};
const builtMs = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const sourceMs = Math.max(...["src", "tsconfig.json", "tsconfig.build.json", "package.json"].map(newestMs));
if (process.argv.includes("--if-stale") && builtMs >= sourceMs) process.exit(0);

rmSync("dist", { recursive: true, force: true });
const tsc = (project) =>
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", project], { stdio: "inherit" });
tsc("tsconfig.build.json");
tsc("src/local/slack/page");
cpSync("src/local/slack/page", "dist/local/slack/page", {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || /\.(html|css|svg)$/.test(path),
});
chmodSync("dist/entry/loom.js", 0o755);
writeFileSync(stamp, "");
utimesSync(stamp, begunAt, begunAt);
