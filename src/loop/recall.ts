import type { Recalled, RecallWish } from "../domain/memory.ts";
import { recallEntriesMax } from "../memory/limits.ts";
import type { OpenRun } from "./open-run.ts";

/** What memory knows that matters here; the trace keeps which entries were read. */
export async function recall(
  run: OpenRun,
  about: Partial<Omit<RecallWish, "repository" | "entriesMax">>,
): Promise<Recalled[]> {
  const { finding } = run.finding;
  const recalled = await run.ports.record.recall({
    repository: run.repository.name,
    paths: finding.paths,
    symbols: [],
    tests: finding.test === undefined ? [] : [finding.test],
    words: finding.title,
    ...about,
    entriesMax: recallEntriesMax,
  });
  if (recalled.length === 0) return [];
  const ids = recalled.map((one) => one.entry.id);
  await run.write(async (tx) => {
    await tx.countHits(ids, run.ports.now());
    await tx.append(run.event("memory.recalled", { entries: ids }));
  });
  return recalled;
}
