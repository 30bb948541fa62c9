import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHistory } from "../../adapters/git/open-history.ts";
import { makeLog } from "../log.ts";
import { replayDependencyCases } from "./dependency.ts";
import type { Replay, ReplayFlags } from "./flags.ts";
import { replayPairCases } from "./pairs.ts";
import { writeReport } from "./report.ts";
import { untilInterrupted } from "./rows.ts";
import { replayUndos } from "./undo.ts";

const verbs = new Map<string, (replay: Replay) => Promise<number>>([
  ["undo", replayUndos],
  ["pairs", replayPairCases],
  ["dependency", replayDependencyCases],
  ["report", writeReport],
]);

/** Goes through a repository's own history. Nothing in the repository is changed; merges are tried in a scratch folder. */
export async function runReplay(words: string[], flags: ReplayFlags, path: string): Promise<number> {
  const verb = verbs.get(words[0] ?? "");
  const repository = flags["repo"];
  if (verb === undefined || typeof repository !== "string") {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const scratch = await mkdtemp(join(tmpdir(), "loom-replay-"));
  try {
    const history = await openHistory({ repository, scratch, path, log: makeLog("warn") });
    return await verb({ history, repository, flags, stop: untilInterrupted() });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const usage = `loom replay: what a repository's own history would have met

  loom replay report --repo DIR [--out FILE]       a page to look at: what would have been held, by whom against whom
  loom replay undo --repo DIR [--rev REV] [--last N] [--lookback 200]
  loom replay pairs --repo DIR --cases FILE        changes in flight {tip, base, landed, landedParent}
  loom replay dependency --repo DIR --cases FILE   merges {merge, base, left, right}

  --json writes JSON Lines, and {"summary":…} last; without it, only the summary is shown.
  Ctrl-C stops between two rows; --resume FILE goes on from the rows in FILE, and writes the rest.`;
