import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { gatherReport } from "../../replay/report/gather.ts";
import { renderReport } from "../../replay/report/render-report.ts";
import { numberFlag, type Replay } from "./flags.ts";
import { openProgress } from "./rows.ts";
import { revisionOf } from "./undo.ts";

/** Ten years of a busy project; older ones are asked for with `--last`. */
const lastByDefault = 20_000;

/** `loom replay report`: a page for people. It is written beside the caller, or where `--out` says. */
export async function writeReport(replay: Replay): Promise<number> {
  const { history, repository, flags, stop } = replay;
  const rev = await revisionOf(replay);
  const last = numberFlag(flags, "last", lastByDefault);
  const progress = openProgress("commits", last);
  const folder = resolve(repository).replace(/\/\.git$/, "");
  const report = await gatherReport(history, {
    repository: basename(folder).replace(/\.git$/, ""),
    ...{ rev, last, lookback: numberFlag(flags, "lookback", 200), stop },
    clock: () => performance.now(),
    onCommit: progress.at,
  });
  progress.end();
  const out = resolve(typeof flags["out"] === "string" ? flags["out"] : "loom-replay.html");
  await writeFile(out, renderReport(report));
  process.stdout.write(`${out}: ${report.held.length} of ${report.commits} commits would have been held\n`);
  return 0;
}
