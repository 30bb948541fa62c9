import type { Sha } from "../../domain/ids.ts";
import type { BlobPair, LineRange } from "../../ports/history.ts";
import { asTheyAre } from "./change-record.ts";
import { scratchObjects } from "./merge.ts";
import { askGit, type Mirror } from "./mirror.ts";
import { fullName } from "./names.ts";
import { withFolder } from "./own-folders.ts";
import { streamGit } from "./run-git.ts";

/** Bounds the text that one process says. */
const pairsAtOnce = 500;
/** As git's merge compares: its algorithm, and hunks not moved to where people like them better. One line around each. */
const diffArgs = [
  ...["-c", "core.bigFileThreshold=16m", "diff-tree", "-p", "-U1", "--diff-algorithm=histogram"],
  ...["--no-indent-heuristic", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color"],
];

/**
 * The lines of `before` that merging sees as changed in `after`, each range with a line around it; null when they cannot be told
 * (binary, large, missing, damaged). One process for many: two trees that hold the pairs' files under their numbers are compared.
 */
export const changedRanges = async (mirror: Mirror, pairs: BlobPair[]): Promise<(LineRange[] | null)[]> => {
  const ranges: (LineRange[] | null)[] = pairs.map(({ before, after }) => (before === after ? [] : null));
  const asked = [...pairs.keys()].filter((at) => ranges[at] === null);
  for (let from = 0; from < asked.length; from += pairsAtOnce)
    await readBatch(mirror, pairs, asked.slice(from, from + pairsAtOnce), ranges);
  return ranges;
};

/** A file that git cannot read ends its process: the next one goes on behind it. */
const readBatch = async (
  mirror: Mirror,
  pairs: BlobPair[],
  asked: number[],
  into: (LineRange[] | null)[],
): Promise<void> =>
  withFolder(mirror.place.scratch, async (folder) => {
    const env = { ...asTheyAre, ...(await scratchObjects(mirror, folder)) };
    for (let rest = asked; rest.length > 0; ) {
      const { sections, isWhole } = await compare(mirror, env, pairs, rest);
      const failedAt = isWhole ? Number.POSITIVE_INFINITY : Math.max(...sections.keys(), rest[0] ?? 0);
      for (const [at, ranges] of sections) if (at !== failedAt && ranges.length > 0) into[at] = ranges;
      rest = rest.filter((at) => at > failedAt);
    }
  });

const compare = async (
  mirror: Mirror,
  env: { [name: string]: string },
  pairs: BlobPair[],
  numbers: number[],
): Promise<{ sections: Map<number, LineRange[]>; isWhole: boolean }> => {
  const trees = [
    await treeOf(mirror, env, numbers, (at) => pairs[at]?.before),
    await treeOf(mirror, env, numbers, (at) => pairs[at]?.after),
  ];
  const ended = { exit: 0, stderr: "" };
  const call = { path: mirror.place.path, gitDir: mirror.gitDir, env };
  const sections = await readSections(streamGit([...diffArgs, ...trees, "--"], call, ended));
  return { sections, isWhole: ended.exit === 0 };
};

const treeOf = async (
  mirror: Mirror,
  env: { [name: string]: string },
  numbers: number[],
  blob: (at: number) => Sha | undefined,
): Promise<Sha> => {
  const entries = numbers.map((at) => `100644 blob ${fullName(blob(at) ?? "")}\t${nameOf(at)}\n`);
  const output = await askGit(mirror, "comparing files", ["mktree", "--missing"], {
    input: entries.join(""),
    env,
  });
  return output.toString("latin1").trim();
};

/** In git's order of names as in the order of numbers. */
const nameOf = (at: number): string => String(at).padStart(9, "0");

/** Only headers begin in the first column: a file's own lines have a sign in front. */
const readSections = async (pieces: AsyncIterable<Buffer>): Promise<Map<number, LineRange[]>> => {
  const sections = new Map<number, LineRange[]>();
  let ranges: LineRange[] = [];
  let carried = "";
  const read = (line: string): void => {
    const name = /^diff --git a\/(\d{9}) /.exec(line)?.[1];
    if (name !== undefined) {
      ranges = [];
      sections.set(Number(name), ranges);
    }
    const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (hunk === null) return;
    const first = Number(hunk[1]);
    ranges.push({ first, last: first + Math.max(Number(hunk[2] ?? 1), 1) - 1 });
  };
  for await (const piece of pieces) {
    const lines = (carried + piece.toString("latin1")).split("\n");
    carried = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("d") || line.startsWith("@")) read(line);
  }
  return sections;
};
