import type { ChangeRecord, FileRecord, LineHash } from "../../domain/change-record.ts";
import type { RepositoryName, Sha } from "../../domain/ids.ts";
import { mirrorOf } from "./fetch.ts";
import { type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { type Patch, type PatchFile, type PatchLimits, readPatches } from "./patch-stream.ts";
import { fieldsOf, pathText, type RawPath, rawPaths } from "./path-text.ts";
import { type RawChange, readRawRecords, statusOf } from "./raw-diff.ts";
import { streamGit } from "./run-git.ts";

/** A change as two commits or trees. */
export interface Pair {
  base: Sha;
  head: Sha;
}

interface Trees extends Pair {
  before: Sha | null;
  after: Sha | null;
}

/** Enough for every change that somebody reads; what is larger is generated or vendored. */
const limits: PatchLimits = { linesMax: 20_000, allLinesMax: 400_000 };
/** Pairs a process: what has to be kept in memory for one. */
const pairsAtOnce = 1_000;
const submodule = "160000";
const plain = ["--no-ext-diff", "--no-textconv", "--no-color"];
const patchArgs = [
  // Larger files count as binary: git would hold both of their sides in memory.
  ...["-c", "core.bigFileThreshold=16m", "diff-tree", "--stdin", "-r", "--raw", "-p", "-U0", "-z"],
  ...["-M", "-l1000", "--no-abbrev", "--inter-hunk-context=0", "--diff-algorithm=myers", ...plain],
];
/** Objects are read as they are: nothing in their place, and nothing fetched when one is missing. */
export const asTheyAre = { GIT_NO_REPLACE_OBJECTS: "1", GIT_ALLOW_PROTOCOL: "none" };

/** What one change of a repository does: `records` for one pair. */
export const changeRecord = async (
  place: Place,
  name: RepositoryName,
  base: Sha,
  head: Sha,
): Promise<ChangeRecord> => {
  for await (const record of records(await mirrorOf(place, name), [{ base, head }])) return record;
  throw new Error(`comparing ${base}..${head} in ${name}: git answered nothing`);
};

export async function* changeRecords(
  place: Place,
  name: RepositoryName,
  pairs: Pair[],
): AsyncGenerator<ChangeRecord, void> {
  yield* records(await mirrorOf(place, name), pairs);
}

/**
 * The records of the pairs, in their order, as a stream: one process of git for many. A pair that git cannot read costs its
 * process: the next one goes on behind it, and the record says what is missing from it.
 */
export async function* records(mirror: Mirror, pairs: Pair[]): AsyncGenerator<ChangeRecord, void> {
  for (let from = 0; from < pairs.length; from += pairsAtOnce) {
    const all = await treesOf(mirror, pairs.slice(from, from + pairsAtOnce));
    for (let at = 0; at < all.length; ) {
      const readable = all.slice(at).findIndex(({ before, after }) => before === null || after === null);
      const batch = readable < 0 ? all.slice(at) : all.slice(at, at + readable);
      let done = 0;
      for await (const record of readBatch(mirror, batch)) {
        yield record;
        done += 1;
      }
      at += done;
      const failed = all[at];
      if (failed === undefined) continue;
      yield await weakerRecord(mirror, failed);
      at += 1;
    }
  }
}

/** Records up to the first pair at which git fails. */
async function* readBatch(mirror: Mirror, batch: Trees[]): AsyncGenerator<ChangeRecord, void> {
  if (batch.length === 0) return;
  let at = 0;
  for await (const patch of patches(mirror, batch, [])) {
    const pair = batch[at];
    if (pair === undefined || !isOf(patch, pair) || !patch.isWhole) return;
    at += 1;
    yield recordOf(pair, patch.files, []);
  }
}

/** What git says of the pairs, at `paths` or everywhere. */
async function* patches(mirror: Mirror, batch: Trees[], paths: string[]): AsyncGenerator<Patch, void> {
  const input = batch.map(({ before, after }) => `${before} ${after}\n`).join("");
  const reader = readPatches(limits);
  const ended = { exit: 0, stderr: "" };
  const call = { path: mirror.place.path, gitDir: mirror.gitDir, env: asTheyAre, input };
  for await (const piece of streamGit([...patchArgs, "--", ...paths], call, ended)) {
    reader.push(piece);
    yield* reader.take();
  }
  for (const patch of reader.end()) {
    // Git may fail before it names the first file.
    const isCut = ended.exit !== 0 && patch.files.length === 0 && patch.before !== patch.after;
    yield { ...patch, isWhole: patch.isWhole && !isCut };
  }
}

const isOf = (patch: Patch, pair: Trees): boolean =>
  patch.before === pair.before && patch.after === pair.after;

/** The trees of all pairs in one process: trees need no parents, so a shallow or grafted history cannot change the question. */
const treesOf = async (mirror: Mirror, pairs: Pair[]): Promise<Trees[]> => {
  const input = pairs
    .map(({ base, head }) => `${fullName(base)}^{tree}\n${fullName(head)}^{tree}\n`)
    .join("");
  const args = ["cat-file", "--batch-check=%(objectname) %(objecttype)"];
  const ended = await tryGit(mirror, args, { input, env: asTheyAre });
  if (ended.exit !== 0) throw new Error(`reading trees in ${mirror.name}: ${wordsOf(ended)}`);
  const answers = ended.stdout.toString("latin1").split("\n");
  const tree = (at: number): Sha | null => /^([0-9a-f]{40}) tree$/.exec(answers[at] ?? "")?.[1] ?? null;
  return pairs.map((pair, index) => ({ ...pair, before: tree(2 * index), after: tree(2 * index + 1) }));
};

/** What can be said of a pair at which git failed: its paths and blobs, and the lines of those whose blobs are there. */
const weakerRecord = async (mirror: Mirror, pair: Trees): Promise<ChangeRecord> => {
  const nothing = { base: pair.base, head: pair.head, files: [] };
  if (pair.before === null || pair.after === null) {
    const gone = pair.before === null ? pair.base : pair.head;
    return { ...nothing, weaker: [`Nothing could be compared: commit ${gone.slice(0, 10)} is not here.`] };
  }
  const args = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "-M100%", ...plain, pair.before, pair.after];
  const ended = await tryGit(mirror, [...args, "--"], { env: asTheyAre });
  if (ended.exit !== 0) return { ...nothing, weaker: [`Nothing could be compared: ${wordsOf(ended)}.`] };
  const { changes } = readRawRecords(fieldsOf(ended.stdout));
  const gone = await missingBlobs(mirror, changes);
  const here = await readable(
    mirror,
    pair,
    changes.filter((change) => !gone.has(change)),
  );
  const files = changes.map(
    (change): PatchFile => here.get(change.path) ?? { change, isUnread: true, ...nothingRead },
  );
  return recordOf(pair, files, [unreadWords(files)]);
};

const nothingRead = { isBinary: false, isTooLarge: false, hunks: [], added: [], removed: [] };

const unreadWords = (files: PatchFile[]): string =>
  `Objects are missing or damaged: of ${list(files.filter((file) => file.isUnread))} only content ids were compared.`;

/** Changes of which a side is not in the object store: a partial copy, or a damaged one. */
const missingBlobs = async (mirror: Mirror, changes: RawChange[]): Promise<Set<RawChange>> => {
  const sidesOf = ({ before, beforeMode, after, afterMode }: RawChange): Sha[] => [
    ...(before === null || beforeMode === submodule ? [] : [before]),
    ...(after === null || afterMode === submodule ? [] : [after]),
  ];
  const blobs = [...new Set(changes.flatMap(sidesOf))];
  const call = { input: blobs.map((blob) => `${blob}\n`).join(""), env: asTheyAre };
  const ended = await tryGit(mirror, ["cat-file", "--batch-check=%(objecttype)"], call);
  const answers = ended.stdout.toString("latin1").split("\n");
  const here = new Set(blobs.filter((_, index) => answers[index] === "blob"));
  return new Set(changes.filter((change) => sidesOf(change).some((blob) => !here.has(blob))));
};

/** More paths than these do not fit on every command line. */
const readableMax = 1_000;

/** The files that git can compare without the others. Names that are no UTF-8 cannot be given to it. */
const readable = async (
  mirror: Mirror,
  pair: Trees,
  changes: RawChange[],
): Promise<Map<RawPath, PatchFile>> => {
  const paths = changes.flatMap(({ path, from }) => (from === undefined ? [path] : [from, path]));
  const names = paths.map(pathText);
  const isNamed = names.every((name, index) => rawPaths(name)[0] === paths[index]);
  if (names.length === 0 || names.length > readableMax || !isNamed) return new Map();
  for await (const patch of patches(mirror, [pair], names))
    if (patch.isWhole) return new Map(patch.files.map((file) => [file.change.path, file]));
  return new Map();
};

const recordOf = (pair: Pair, files: PatchFile[], weaker: string[]): ChangeRecord => {
  dropMoved(files);
  const tooLarge = files.filter((file) => file.isTooLarge);
  const said = `Too many changed lines to compare them: of ${list(tooLarge)} only content ids were compared.`;
  return {
    base: pair.base,
    head: pair.head,
    files: files.map(fileRecord),
    weaker: tooLarge.length === 0 ? weaker : [...weaker, said],
  };
};

const list = (files: PatchFile[]): string => {
  const names = files.slice(0, 3).map((file) => pathText(file.change.path));
  return files.length > 3 ? `${names.join(", ")} and ${files.length - 3} more` : names.join(", ");
};

const fileRecord = (file: PatchFile): FileRecord => {
  const { change, hunks, added, removed } = file;
  return {
    path: pathText(change.path),
    ...(change.from === undefined ? {} : { from: pathText(change.from) }),
    status: statusOf(change.status),
    before: change.before,
    after: change.after,
    content: file.isUnread === true || file.isTooLarge ? "unread" : contentOf(file),
    ...{ hunks, added, removed },
  };
};

const contentOf = ({ change, isBinary }: PatchFile): FileRecord["content"] => {
  const mode = change.after === null ? change.beforeMode : change.afterMode;
  if (mode === submodule) return "submodule";
  if (mode === "120000") return "symlink";
  return isBinary ? "binary" : "text";
};

/** Leaves out lines that are both added and removed, anywhere in the change, as often as both happen: they only moved. */
const dropMoved = (files: PatchFile[]): void => {
  const removed = new Map<LineHash, number>();
  for (const file of files) for (const line of file.removed) removed.set(line, (removed.get(line) ?? 0) + 1);
  if (removed.size === 0) return;
  const moved = new Map<LineHash, number>();
  for (const file of files) {
    file.added = file.added.filter((line) => {
      const left = removed.get(line) ?? 0;
      if (left === 0) return true;
      removed.set(line, left - 1);
      moved.set(line, (moved.get(line) ?? 0) + 1);
      return false;
    });
  }
  if (moved.size === 0) return;
  for (const file of files) {
    file.removed = file.removed.filter((line) => {
      const left = moved.get(line) ?? 0;
      if (left > 0) moved.set(line, left - 1);
      return left === 0;
    });
  }
};
