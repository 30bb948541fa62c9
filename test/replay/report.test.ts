import { describe, expect, it } from "vitest";
import { openHistory } from "../../src/adapters/git/open-history.ts";
import { gatherReport } from "../../src/replay/report/gather.ts";
import { renderReport } from "../../src/replay/report/render-report.ts";
import { git, put, tempFolder } from "../adapters/git/world.ts";

const before = "export const price = (amount) =>\n  Math.round(amount * 100) / 100;\n";
const after = "export const price = (amount) =>\n  Math.floor(amount * 100) / 100 + shipping(amount);\n";

async function repository(): Promise<string> {
  const dir = tempFolder();
  git(dir, "init", "-q", "-b", "main");
  const commit = async (text: string, { by, subject }: { by: string; subject: string }) => {
    await put(dir, { "src/price.js": text });
    git(dir, "add", "-A");
    git(dir, "-c", `user.name=${by}`, "commit", "-q", `--author=${by} <${by}@example.org>`, "-m", subject);
  };
  await commit(before, { by: "ada", subject: "Prices" });
  await commit(after, { by: "bob", subject: "Prices with <script>alert(1)</script> shipping" });
  await commit(before, { by: "cleo", subject: "Tidy up" });
  return dir;
}

async function report(dir: string, stop = new AbortController().signal) {
  const history = await openHistory({
    ...{ repository: dir, scratch: tempFolder(), path: process.env["PATH"] ?? "" },
    log: () => undefined,
  });
  const rev = await history.resolve("HEAD");
  const wish = { repository: "shop", rev: rev ?? "", last: 100, lookback: 200 };
  return gatherReport(history, { ...wish, clock: () => 0, onCommit: () => undefined, stop });
}

describe("a replay's report", () => {
  it("shows who took back whose change, with both sides' lines", async () => {
    const { held, commits, authors } = await report(await repository());
    expect({ commits, authors }).toEqual({ commits: 3, authors: 3 });
    expect(held).toHaveLength(1);
    expect(held[0]).toMatchObject({
      isCrossAuthor: true,
      paths: ["src/price.js"],
      change: { author: "cleo", subject: "Tidy up" },
      undone: [{ author: "bob" }],
    });
    expect(held[0]?.diffs?.before.text).toContain("+  Math.floor");
    expect(held[0]?.diffs?.after.text).toContain("-  Math.floor");
  });

  it("is one page that loads and runs nothing, whatever a commit is called", async () => {
    const page = renderReport(await report(await repository()));
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("Once somebody took back");
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(page).not.toMatch(/<script|\bsrc=|\bhref=|@import|url\(/);
  });

  it("says of a history without undos that nothing would have been held", async () => {
    const dir = await repository();
    git(dir, "reset", "-q", "--hard", "HEAD~1");
    expect(renderReport(await report(dir))).toContain("Nothing would have been held");
  });

  it("stopped early, says that the rest is missing", async () => {
    const stop = new AbortController();
    stop.abort();
    expect((await report(await repository(), stop.signal)).weaker[0]).toContain("stopped after 1 commit");
  });
});
