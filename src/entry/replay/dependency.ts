import { z } from "zod";
import { openSymbols } from "../../adapters/treesitter/open-symbols.ts";
import { type DependencyRow, replayDependency, summaryOf } from "../../replay/dependency.ts";
import { type Replay, textFlag } from "./flags.ts";
import { readRows } from "./rows.ts";
import { writeReplay } from "./write.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/, "a commit's full name, 40 hexadecimal characters");
const dependencyCase = z.object({ merge: sha, base: sha, left: sha, right: sha });
const dependencyRow = z.union([
  z.object({ merge: sha, flagged: z.boolean(), ms: z.number() }),
  z.object({ stopped: z.unknown() }),
  z.object({ summary: z.unknown() }),
]);

/** `loom replay dependency`: merges after which one side's new code has lost what it uses. */
export async function replayDependencyCases(replay: Replay): Promise<number> {
  const cases = await readRows(textFlag(replay.flags, "cases", "merges.jsonl"), dependencyCase);
  const { resume } = replay.flags;
  const earlier = typeof resume === "string" ? await readRows(resume, dependencyRow, true) : [];
  const counted: Pick<DependencyRow, "flagged" | "ms">[] = [];
  const known = new Set<string>();
  for (const row of earlier) {
    if (!("merge" in row)) continue;
    known.add(row.merge);
    counted.push(row);
  }
  const rest = cases.filter((one) => !known.has(one.merge));
  return writeReplay(replay, {
    rows: replayDependency(rest, {
      history: replay.history,
      symbols: openSymbols(),
      clock: () => performance.now(),
    }),
    what: "merges",
    total: rest.length,
    take: (row) => {
      counted.push({ flagged: row.flagged, ms: row.ms });
      return row;
    },
    summary: () => summaryOf(counted),
  });
}
