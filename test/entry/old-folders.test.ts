import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { removeOldFolders } from "../../src/entry/old-folders.ts";

it("removes what killed processes left for more than a day, and nothing else", async () => {
  const root = await mkdtemp(join(tmpdir(), "loom-old-"));
  const now = new Date();
  const old = new Date(now.getTime() - 25 * 60 * 60 * 1000);
  try {
    for (const name of ["loom-report-old", "loom-prompt-old", "loom-report-new", "others-report-old"]) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, "report.xml"), "x");
      if (name.endsWith("old")) await utimes(join(root, name), old, old);
    }
    expect((await removeOldFolders(root, now)).sort()).toEqual(["loom-prompt-old", "loom-report-old"]);
    expect((await readdir(root)).sort()).toEqual(["loom-report-new", "others-report-old"]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
