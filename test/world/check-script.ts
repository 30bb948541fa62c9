/**
 * A test runner in a few lines, fast enough to be run hundreds of times. Files under `test/` hold one test a line,
 * `[skip ]<name>: expect <path> has|lacks <text>`; it leaves a CTRF report. Where `src/broken.txt` exists it does not run; a
 * path in `src/chance.txt` names a counter outside, and every second run fails the test "chance".
 */
export const checkScript = `import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
if (existsSync("src/broken.txt")) { console.error("broken here"); process.exit(7); }
const text = (path) => existsSync(path) ? readFileSync(path, "utf8") : "";
const tests = [];
for (const file of existsSync("test") ? readdirSync("test", { recursive: true }).sort() : []) {
  if (!file.endsWith(".txt")) continue;
  for (const line of text("test/" + file).split("\\n")) {
    const parts = /^(skip )?(.*): expect (\\S+) (has|lacks) (.*)$/.exec(line);
    if (parts === null) continue;
    const [, skip, name, path, how, wanted] = parts;
    const is = text(path).split("\\n").includes(wanted) === (how === "has");
    const status = skip ? "skipped" : is ? "passed" : "failed";
    tests.push({ name, filePath: "test/" + file, status, message: is ? "" : path + " should have: " + wanted });
  }
}
if (existsSync("src/chance.txt")) {
  const counter = text("src/chance.txt").trim();
  const count = Number(text(counter)) + 1;
  writeFileSync(counter, String(count));
  tests.push({ name: "chance", filePath: "test/chance.txt", status: count % 2 === 1 ? "failed" : "passed", message: "by chance" });
}
if (process.argv[2] !== "--quiet") writeFileSync("report.json", JSON.stringify({ results: { tests } }));
const failed = tests.filter((one) => one.status === "failed");
for (const one of failed) console.log("not ok " + one.name);
process.exit(failed.length > 0 ? 1 : 0);
`;
