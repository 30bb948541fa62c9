import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { installPackage } from "./package.ts";

const run = promisify(execFile);

it("survives that its optimised code is thrown away while rules are judged", async () => {
  const shipped = await installPackage();
  onTestFinished(shipped.remove);
  // Code is optimised early and its assumptions die at every collection: without our care, Node 20 ends in seconds.
  const often = ["--interrupt-budget=3000", "--stress-compaction"];
  const { stdout } = await run(process.execPath, [...often, shipped.loom, "policy", "test"], {
    cwd: shipped.dir,
  });
  expect(stdout).toContain("cases pass");
});
