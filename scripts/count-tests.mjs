// Prints "N passed, N failed" from vitest's JSON report. Exits 1 when something failed, was skipped, or nothing ran.
// A file that could not be loaded is one failure; so are a report that is missing and a suite that printed that it was skipped.
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const [reportPath, outputPath] = process.argv.slice(2);
const files = readReport(reportPath);
const tests = files.flatMap(({ name, assertionResults }) =>
  assertionResults.map(({ status, fullName }) => ({ status, where: `${name}: ${fullName}` })),
);
const passed = tests.filter((test) => test.status === "passed");
const failed = tests.filter((test) => test.status === "failed").map((test) => test.where);
const broken = files
  .filter(
    (file) => file.status !== "passed" && !file.assertionResults.some((test) => test.status === "failed"),
  )
  .map((file) => `${file.name}: ${file.message}`);
const skipped = [
  ...tests.filter((test) => !["passed", "failed"].includes(test.status)).map((test) => test.where),
  ...stripVTControlCharacters(readFileSync(outputPath, "utf8"))
    .split("\n")
    .filter((line) => /^skipped: |^[\w ]+: skipped, /.test(line)),
];

for (const problem of [...failed, ...broken]) console.error(`failed   ${problem}`);
for (const one of skipped) console.error(`skipped  ${one}`);
if (skipped.length > 0) console.error("nothing may be skipped here: install what the line names");
console.log(`${passed.length} passed, ${failed.length + broken.length} failed`);
const isGood = passed.length > 0 && failed.length + broken.length + skipped.length === 0;
process.exitCode = isGood ? 0 : 1;

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).testResults;
  } catch (error) {
    return [
      {
        name: path,
        status: "failed",
        message: `vitest left no report: ${error.message}`,
        assertionResults: [],
      },
    ];
  }
}
