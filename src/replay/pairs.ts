import { kindOfMerge, type MergeKind } from "../coordination/textual.ts";
import type { Sha } from "../domain/ids.ts";
import type { MergePreview } from "../ports/code.ts";
import type { History } from "../ports/history.ts";
import { aliasesOf, followed, type Mainline, readMainline } from "./mainline.ts";
import { type Judged, judgeLines, judgePair, type Touched, touchedBy } from "./prune.ts";

/** A change in flight, base..tip, and a landing, landedParent..landed. `conflict` is what is known to be true. */
export interface PairCase {
  tip: Sha;
  base: Sha;
  landed: Sha;
  landedParent: Sha;
  conflict?: boolean;
}

/**
 * `conflict`: the tip merges just before the landing and not just after it, as git says where `merged`, else because the two cannot
 * meet. `ms`: the comparison, and the pair's share of the batches it was in. `weaker`: why the answer is less than git's word.
 */
export interface PairRow {
  tip: Sha;
  landed: Sha;
  kinds: MergeKind[];
  conflict: boolean;
  merged: boolean;
  ms: number;
  weaker?: string;
}

/** Pairs that are compared, and merged, in one batch. */
const windowPairs = 2_000;

/** One row a case, in the order of the cases. `clock` answers milliseconds. */
export async function* replayPairs(
  history: History,
  cases: PairCase[],
  clock: () => number,
): AsyncGenerator<PairRow & { mergesRun: number }, void> {
  const mainline = await readMainline(history, cases);
  const known = new Map<string, Touched>();
  for (let at = 0; at < cases.length; at += windowPairs) {
    const pairs = cases.slice(at, at + windowPairs);
    await readChanges(history, pairs, known);
    yield* replayWindow(history, pairs, { mainline, known, clock });
  }
}

interface Standing {
  mainline: Mainline;
  known: Map<string, Touched>;
  clock: () => number;
}

interface Seen {
  pair: PairCase;
  judged: Judged;
  ms: number;
}

/** Changes that are kept from one window to the next: a landing meets many tips. */
const knownMax = 20_000;

async function readChanges(history: History, pairs: PairCase[], known: Map<string, Touched>): Promise<void> {
  if (known.size > knownMax) known.clear();
  const wanted = new Map<string, { base: Sha; head: Sha }>();
  for (const { base, tip, landedParent, landed } of pairs) {
    wanted.set(`${base} ${tip}`, { base, head: tip });
    wanted.set(`${landedParent} ${landed}`, { base: landedParent, head: landed });
  }
  for (const key of known.keys()) wanted.delete(key);
  const keys = [...wanted.keys()];
  let at = 0;
  for await (const record of history.records([...wanted.values()])) {
    known.set(keys[at] ?? "", touchedBy(record));
    at += 1;
  }
}

async function* replayWindow(
  history: History,
  pairs: PairCase[],
  standing: Standing,
): AsyncGenerator<PairRow & { mergesRun: number }, void> {
  const seen = compareAll(pairs, standing);
  await judgeByLines(history, seen, standing.clock);
  const merges = await mergeAll(history, seen, standing.clock);
  for (const { pair, judged, ms } of seen) yield rowOf({ pair, judged, ms }, merges);
}

/** Tip by tip along the target's line, so that each tip's files are followed only forwards. */
function compareAll(pairs: PairCase[], { mainline, known, clock }: Standing): Seen[] {
  const seen = new Map<PairCase, Seen>();
  const byTip = new Map<string, PairCase[]>();
  for (const pair of pairs) {
    const key = `${pair.base} ${pair.tip}`;
    const others = byTip.get(key);
    if (others === undefined) byTip.set(key, [pair]);
    else others.push(pair);
  }
  for (const [key, ofTip] of byTip) {
    const tip = known.get(key);
    const aliases = aliasesOf(mainline, ofTip[0]?.base, tip?.files ?? new Map());
    const inOrder = [...ofTip].sort((a, b) => mainline.at(a.landedParent) - mainline.at(b.landedParent));
    for (const pair of inOrder) {
      const from = clock();
      followed(aliases, mainline, pair.landedParent);
      const landing = known.get(`${pair.landedParent} ${pair.landed}`);
      const judged: Judged =
        tip === undefined || landing === undefined
          ? { kind: "merge", because: "unknown" }
          : judgePair(tip, landing, aliases);
      seen.set(pair, { pair, judged, ms: clock() - from });
    }
  }
  return pairs.flatMap((pair) => seen.get(pair) ?? []);
}

/** Asks for the lines of the files that both change, all at once, and drops the pairs whose lines stay apart. */
async function judgeByLines(history: History, seen: Seen[], clock: () => number): Promise<void> {
  const wanted = new Map<string, { before: Sha; after: Sha }>();
  const asking = seen.filter((one) => one.judged.kind === "lines");
  for (const { judged } of asking)
    if (judged.kind === "lines")
      for (const { before, mine, theirs } of judged.files)
        for (const after of [mine, theirs]) wanted.set(`${before} ${after}`, { before, after });
  const from = clock();
  const ranges = await history.changedRanges([...wanted.values()]);
  const found = new Map([...wanted.keys()].map((key, at) => [key, ranges[at] ?? null]));
  const share = (clock() - from) / Math.max(1, asking.length);
  for (const one of asking) {
    const started = clock();
    one.judged = judgeLines(one.judged, (before, after) => found.get(`${before} ${after}`) ?? null);
    one.ms += share + clock() - started;
  }
}

interface Merges {
  after: Map<PairCase, MergePreview>;
  before: Map<PairCase, MergePreview>;
  msEach: number;
}

/** After the landing where the pair may collide; before it, too, where that conflicts. */
async function mergeAll(history: History, seen: Seen[], clock: () => number): Promise<Merges> {
  const pairs = seen.filter((one) => one.judged.kind === "merge").map((one) => one.pair);
  const from = clock();
  const after = await mergeAt(history, pairs, (pair) => pair.landed);
  const broken = pairs.filter((pair) => after.get(pair)?.kind === "conflict");
  const before = await mergeAt(history, broken, (pair) => pair.landedParent);
  return { after, before, msEach: (clock() - from) / Math.max(1, after.size + before.size) };
}

async function mergeAt(
  history: History,
  pairs: PairCase[],
  target: (pair: PairCase) => Sha,
): Promise<Map<PairCase, MergePreview>> {
  const previews = await history.mergeAll(pairs.map((pair) => ({ ours: target(pair), theirs: pair.tip })));
  return new Map(
    pairs.flatMap((pair, at) => {
      const preview = previews[at];
      return preview === undefined ? [] : [[pair, preview] as const];
    }),
  );
}

function rowOf({ pair, judged, ms }: Seen, merges: Merges): PairRow & { mergesRun: number } {
  const named = { tip: pair.tip, landed: pair.landed };
  const after = merges.after.get(pair);
  if (judged.kind !== "merge" || after === undefined)
    return { ...named, kinds: [], conflict: false, merged: false, ms: rounded(ms), mergesRun: 0 };
  const before = merges.before.get(pair);
  const mergesRun = before === undefined ? 1 : 2;
  const run = { merged: true, ms: rounded(ms + mergesRun * merges.msEach), mergesRun };
  if (after.kind === "clean") return { ...named, kinds: [], conflict: false, ...run };
  const untried = untriedWords(after) ?? (before === undefined ? null : untriedWords(before));
  if (untried !== null) {
    // What git could not try is told as the comparison saw it.
    const conflict = judged.because === "lines" || judged.because === "files";
    return { ...named, kinds: conflict ? ["textual"] : [], conflict, ...run, merged: false, weaker: untried };
  }
  if (before?.kind !== "clean") return { ...named, kinds: [], conflict: false, ...run };
  return { ...named, kinds: [kindOfMerge(after)], conflict: true, ...run };
}

const untriedWords = (preview: MergePreview): string | null =>
  preview.kind === "conflict"
    ? (preview.types.find((type) => type.startsWith("cannot be merged")) ?? null)
    : null;

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
