import { z } from "zod";
import type { HistoricChange } from "../../domain/change-record.ts";
import type { Sha } from "../../domain/ids.ts";
import { type Replayed, replayUndo } from "../../replay/undo.ts";
import { numberFlag, type Replay } from "./flags.ts";
import { quantile, readRows } from "./rows.ts";
import { writeReplay } from "./write.ts";

const flagged = z.object({
  sha: z.string(),
  crossAuthor: z.boolean(),
  generated: z.boolean(),
  pingPong: z.boolean(),
});
const undoRow = z.union([
  flagged,
  z.object({ stopped: z.object({ done: z.number(), rev: z.string() }) }),
  z.object({ summary: z.unknown() }),
]);
type Flagged = z.infer<typeof flagged>;

/** Where an earlier replay of the same history had come to: told by itself, or, when it was killed, by its last whole row. */
interface Earlier {
  flags: Flagged[];
  stopped?: { done: number; rev: Sha };
  after?: Sha;
}

/** Longer histories are asked for with `--last`. */
const everything = 100_000_000;

/** `loom replay undo`: which commits take back a recent change. */
export async function replayUndos(replay: Replay): Promise<number> {
  const { history, flags } = replay;
  const lookback = numberFlag(flags, "lookback", 200);
  const rev = await revisionOf(replay);
  const total = await history.count({ rev, last: numberFlag(flags, "last", everything) });
  const { stopped, after, ...earlier } = await readEarlier(flags["resume"], rev);
  const done = stopped?.done ?? 0;
  // What came just before is remembered, so that the first commits meet as much as the last.
  const listed = await history.count({ rev, last: total - done + lookback * 2 });
  const counted = [...earlier.flags];
  const times: number[] = [];
  const weaker = openWeaker();
  return writeReplay<Replayed>(replay, {
    rows: replayUndo(history.changes({ rev, last: listed }), {
      ...{ lookback, clock: () => performance.now(), remembered: listed - (total - done) },
      judgedAfter: stopped === undefined ? after : undefined,
    }),
    what: "commits",
    total: total - done,
    take: ({ change, row, ms }) => {
      weaker.note(change);
      times.push(ms);
      if (row !== null) counted.push(row);
      return row;
    },
    stopped: () => ({ done: done + times.length, rev }),
    summary: () => ({
      commits: total,
      flags: counted.length,
      crossAuthor: counted.filter((one) => one.crossAuthor && !one.generated).length,
      pingPong: counted.filter((one) => one.pingPong).length,
      weaker: weaker.commits(),
      msPerCommit: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    }),
  });
}

const weakerSaidMax = 20;

/** Says on standard error what could not be compared, and counts the rest. */
function openWeaker() {
  let commits = 0;
  return {
    note: ({ sha, record }: HistoricChange) => {
      if (record.weaker.length === 0) return;
      commits += 1;
      if (commits <= weakerSaidMax) process.stderr.write(`${sha.slice(0, 10)}: ${record.weaker.join(" ")}\n`);
    },
    commits: () => commits,
  };
}

export async function revisionOf({ history, repository, flags }: Replay): Promise<Sha> {
  const name = typeof flags["rev"] === "string" ? flags["rev"] : "HEAD";
  const rev = await history.resolve(name);
  if (rev === null)
    throw new Error(`--rev ${name}: no such commit in ${repository}; name a branch, tag or commit`);
  return rev;
}

async function readEarlier(file: string | boolean | undefined, rev: Sha): Promise<Earlier> {
  const earlier: Earlier = { flags: [] };
  if (typeof file !== "string") return earlier;
  for (const row of await readRows(file, undoRow, true)) {
    if ("stopped" in row) earlier.stopped = row.stopped;
    else if ("sha" in row) {
      earlier.flags.push(row);
      earlier.after = row.sha;
      delete earlier.stopped;
    }
  }
  if (earlier.stopped !== undefined && earlier.stopped.rev !== rev)
    throw new Error(`--resume ${file}: it is of ${earlier.stopped.rev}; add --rev ${earlier.stopped.rev}`);
  return earlier;
}
