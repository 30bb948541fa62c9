import type { Replay } from "./flags.ts";
import { openProgress, writeRow } from "./rows.ts";

type Summary = { [name: string]: unknown };

interface Writing<R> {
  rows: AsyncIterable<R>;
  /** What is counted in the progress, and how many there will be. */
  what: string;
  total: number | null;
  /** Called with each row; false leaves it out of the output. */
  take: (row: R) => object | null;
  summary: () => Summary;
  /** What an interrupted replay says besides how far it came. */
  stopped?: () => Summary;
}

/**
 * Writes rows as they come and the summary last. Interrupted, it ends between two rows with {"stopped":…} in the summary's place
 * and status 130: everything before is whole, and `--resume` goes on behind it.
 */
export async function writeReplay<R>({ flags, stop }: Replay, writing: Writing<R>): Promise<number> {
  const isJson = flags["json"] === true;
  const progress = openProgress(writing.what, writing.total);
  let done = 0;
  for await (const row of writing.rows) {
    const shown = writing.take(row);
    done += 1;
    progress.at(done);
    if (shown !== null && isJson) await writeRow(shown);
    if (stop.aborted) break;
  }
  progress.end();
  if (stop.aborted) {
    process.stderr.write(
      `stopped after ${done} ${writing.what}; --resume FILE goes on from the rows in FILE\n`,
    );
    if (isJson) await writeRow({ stopped: { done, ...writing.stopped?.() } });
    return 130;
  }
  const summary = writing.summary();
  if (isJson) await writeRow({ summary });
  else process.stdout.write(`${inWords(summary)}\n`);
  return 0;
}

const inWords = (summary: Summary): string =>
  Object.entries(summary)
    .map(([name, value]) => `${name.padEnd(18)} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join("\n");
