import { type DependencyClash, dependencyConflicts } from "../coordination/dependency.ts";
import { standsInMerge } from "../coordination/symbols/merged.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { Sha } from "../domain/ids.ts";
import type { History } from "../ports/history.ts";
import type { Symbols } from "../ports/symbols.ts";

/** Two changes from one base, and the merge that joined them once. */
export interface DependencyCase {
  merge: Sha;
  base: Sha;
  left: Sha;
  right: Sha;
}

export interface DependencyRow {
  merge: Sha;
  flagged: boolean;
  /** Why it is flagged; with `weak: ` before what is only likely, which flags nothing. */
  evidence: string[];
  /** What could not be looked at; and a textual conflict, beside which only the rest could be judged. */
  weaker: string[];
  ms: number;
}

/** Judges each case from git's objects alone, never from the merge that people made of it. In the order of the cases. */
export async function* replayDependency(
  cases: AsyncIterable<DependencyCase> | Iterable<DependencyCase>,
  from: { history: History; symbols: Symbols; clock: () => number },
): AsyncGenerator<DependencyRow, void> {
  for await (const one of cases) {
    const start = from.clock();
    const { flagged, evidence, weaker } = await judge(one, from);
    yield { merge: one.merge, flagged, evidence, weaker, ms: Math.round((from.clock() - start) * 10) / 10 };
  }
}

async function judge(
  { base, left, right }: DependencyCase,
  { history, symbols }: { history: History; symbols: Symbols },
): Promise<Pick<DependencyRow, "flagged" | "evidence" | "weaker">> {
  const [one, other] = await Promise.all([recordOf(history, base, left), recordOf(history, base, right)]);
  const { clashes, weaker } = await dependencyConflicts(
    { record: one, called: "left" },
    { record: other, called: "right" },
    { symbols, sources: history },
  ).catch((error: Error) => ({ clashes: [], weaker: [`not compared: ${error.message}`] }));
  const strong = clashes.filter((clash) => clash.how !== "weak");
  const weak = clashes.filter((clash) => clash.how === "weak");
  const stands = await inMerge(strong, { left, right }, { history, symbols });
  return {
    flagged: stands.clashes.length > 0,
    evidence: [
      ...stands.clashes.map((clash) => clash.evidence),
      ...weak.map((clash) => `weak: ${clash.evidence}`),
    ],
    weaker: [...weaker, ...stands.weaker],
  };
}

/** Side by side with the other change's: git takes a process for each. */
async function recordOf(history: History, base: Sha, head: Sha): Promise<ChangeRecord> {
  for await (const record of history.records([{ base, head }])) return record;
  throw new Error(`comparing ${base} and ${head}: git told of no change`);
}

/** Those of the clashes that git's own merge has; where it does not merge, all of them, and it is said. */
async function inMerge(
  clashes: DependencyClash[],
  { left, right }: { left: Sha; right: Sha },
  { history, symbols }: { history: History; symbols: Symbols },
): Promise<{ clashes: DependencyClash[]; weaker: string[] }> {
  if (clashes.length === 0) return { clashes, weaker: [] };
  const paths = [...new Set(clashes.flatMap((clash) => clash.paths))];
  const merged = await history.readMerged({ ours: left, theirs: right }, { paths, bytesMax });
  if (merged.kind === "conflict") {
    const where = merged.paths.slice(0, 3).join(", ");
    return { clashes, weaker: [`the texts conflict too (${where}): the rest was judged`] };
  }
  const texts = new Map(paths.map((path, at) => [path, merged.files[at]?.toString("utf8") ?? null]));
  const standing: DependencyClash[] = [];
  for (const clash of clashes)
    if (await standsInMerge(clash, (path) => texts.get(path) ?? null, symbols)) standing.push(clash);
  return { clashes: standing, weaker: [] };
}

const bytesMax = 2_000_000;

/** The line that ends a replay. */
export function summaryOf(rows: Pick<DependencyRow, "flagged" | "ms">[]) {
  const times = rows.map((row) => row.ms).toSorted((left, right) => left - right);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return {
    cases: rows.length,
    flagged: rows.filter((row) => row.flagged).length,
    msP50: at(0.5),
    msP99: at(0.99),
    msMax: times.at(-1) ?? 0,
  };
}
