import { z } from "zod";
import { type PairCase, type PairRow, replayPairs } from "../../replay/pairs.ts";
import { type Replay, textFlag } from "./flags.ts";
import { quantile, readRows } from "./rows.ts";
import { writeReplay } from "./write.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/, "a commit's full name, 40 hexadecimal characters");

const pairCase = z
  .object({ tip: sha, base: sha, landed: sha, landedParent: sha, conflict: z.boolean().optional() })
  .transform(({ conflict, ...pair }): PairCase => (conflict === undefined ? pair : { ...pair, conflict }));

const pairRow = z.union([
  z.object({
    tip: sha,
    landed: sha,
    kinds: z.array(z.enum(["textual", "structural", "mechanical"])),
    conflict: z.boolean(),
    merged: z.boolean(),
    ms: z.number(),
    weaker: z.string().optional(),
  }),
  z.object({ stopped: z.unknown() }),
  z.object({ summary: z.unknown() }),
]);

type Counted = Pick<PairRow, "tip" | "landed" | "conflict" | "merged" | "ms"> & {
  weaker?: string | undefined;
};

/** `loom replay pairs`: which landings break which changes in flight, as git's own merges say. */
export async function replayPairCases(replay: Replay): Promise<number> {
  const cases = await readRows(textFlag(replay.flags, "cases", "pairs.jsonl"), pairCase);
  const known = await earlier(replay);
  const truths = new Map(cases.map((one) => [keyOf(one), one.conflict]));
  const counted: Counted[] = [...known.values()];
  let mergesRun = 0;
  return writeReplay(replay, {
    rows: replayPairs(
      replay.history,
      cases.filter((one) => !known.has(keyOf(one))),
      () => performance.now(),
    ),
    what: "pairs",
    total: cases.length - known.size,
    take: ({ mergesRun: merges, ...row }) => {
      mergesRun += merges;
      const { tip, landed, conflict, merged, ms, weaker } = row;
      counted.push({ tip, landed, conflict, merged, ms, weaker });
      return row;
    },
    summary: () => ({ ...summaryOf(counted, truths), mergesRun }),
  });
}

/** Rows of an earlier, stopped run. */
async function earlier({ flags }: Replay): Promise<Map<string, Counted>> {
  if (typeof flags["resume"] !== "string") return new Map();
  const rows = await readRows(flags["resume"], pairRow, true);
  return new Map(rows.flatMap((row) => ("tip" in row ? [[keyOf(row), row] as const] : [])));
}

const keyOf = ({ tip, landed }: { tip: string; landed: string }): string => `${tip} ${landed}`;

function summaryOf(rows: Counted[], truths: Map<string, boolean | undefined>) {
  const judged = rows.filter((row) => truths.get(keyOf(row)) !== undefined);
  const hits = judged.filter((row) => row.conflict && truths.get(keyOf(row)) === true).length;
  const said = judged.filter((row) => row.conflict).length;
  const real = judged.filter((row) => truths.get(keyOf(row)) === true);
  const merged = rows.filter((row) => row.merged).length;
  const times = rows.map((row) => row.ms);
  return {
    pairs: rows.length,
    conflicts: rows.filter((row) => row.conflict).length,
    ...(judged.length === 0
      ? {}
      : {
          precision: share(hits, said),
          recall: share(hits, real.length),
          pruningRecall: share(real.filter((row) => row.merged).length, real.length),
        }),
    pairsMerged: merged,
    pairsMergedShare: share(merged, rows.length),
    weaker: rows.filter((row) => row.weaker !== undefined).length,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  };
}

const share = (part: number, whole: number): number =>
  whole === 0 ? 1 : Math.round((part / whole) * 100_000) / 100_000;
