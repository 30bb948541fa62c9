import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";

import type { Sha } from "../../domain/ids.ts";
import type { History } from "../../ports/history.ts";
import type { Log } from "../../ports.ts";
import { asTheyAre, records } from "./change-record.ts";
import { changedRanges } from "./changed-ranges.ts";
import { treeEntries } from "./content.ts";
import { countChanges, historicChanges } from "./historic-changes.ts";
import { mainline } from "./mainline.ts";
import { mentions } from "./mentions.ts";
import { mergeBatch, scratchObjects } from "./merge.ts";
import { type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName } from "./names.ts";
import { withFolder } from "./own-folders.ts";
import { pathText } from "./path-text.ts";
import { readAll, readMerged } from "./read-all.ts";
import { runGit } from "./run-git.ts";
import { commitPatch, commitWords } from "./show.ts";

export interface HistoryOptions {
  /** A repository's folder, bare or not. It is never written to. */
  repository: string;
  /** Takes the objects of merges that are only tried; emptied after each batch. */
  scratch: string;
  path: string;
  log: Log;
}

/** A repository on this machine as history. Throws when there is none at `repository`. */
export const openHistory = async (options: HistoryOptions): Promise<History> => {
  const mirror = await mirrorOfFolder(options);
  return {
    resolve: (revision) => resolveCommit(mirror, revision),
    count: (wish) => countChanges(mirror, wish),
    changes: (wish) => historicChanges(mirror, wish),
    records: (pairs) => records(mirror, pairs),
    mergeBase: (left, right) => mergeBase(mirror, left, right),
    mergeAll: (pairs) =>
      withFolder(options.scratch, async (folder) =>
        mergeBatch(mirror, pairs, await scratchObjects(mirror, folder)),
      ),
    changedRanges: (pairs) => changedRanges(mirror, pairs),
    mainline: (wish) => mainline(mirror, wish),
    readMerged: (pair, wish) => readMerged(mirror, pair, wish),
    readAll: (wishes, bytesMax) => readAll(mirror, wishes, bytesMax),
    mentions: (at, wish) => mentions(mirror, at, wish),
    list: async (at) =>
      (await treeEntries(mirror, at))
        .filter((entry) => entry.mode !== "160000")
        .map((entry) => pathText(entry.path)),
    words: (shas) => commitWords(mirror, shas),
    patch: (sha, paths, bytesMax) => commitPatch(mirror, sha, paths, bytesMax),
  };
};

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );

const mirrorOfFolder = async ({ repository, scratch, path, log }: HistoryOptions): Promise<Mirror> => {
  const folder = resolve(repository);
  const place: Place = {
    ...{ mirrors: folder, checkouts: scratch, scratch, path, networkEnv: {} },
    ...{ remotes: () => undefined, log, fetching: new Map(), fetches: new Map() },
  };
  const none = new Error(
    `opening ${repository}: no git repository there; name its folder or its .git folder`,
  );
  if (!(await isFolder(folder))) throw none;
  // A work tree has its repository in `.git`, or, when it is a linked one, a file of that name, which git follows itself.
  const gitDir = (await isFolder(join(folder, "objects"))) ? folder : join(folder, ".git");
  const args = [
    `--git-dir=${gitDir}`,
    "rev-parse",
    "--path-format=absolute",
    "--git-dir",
    "--git-path",
    "objects",
  ];
  const ended = await runGit(args, { path, env: asTheyAre });
  const [own, objects] = ended.stdout.toString("utf8").split("\n");
  if (ended.exit !== 0 || own === undefined || objects === undefined) throw none;
  await mkdir(scratch, { recursive: true });
  return { name: repository, gitDir: own, objects, place };
};

const resolveCommit = async (mirror: Mirror, revision: string): Promise<Sha | null> => {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  const ended = await tryGit(mirror, args, { env: asTheyAre });
  return ended.exit === 0 ? ended.stdout.toString("latin1").trim() : null;
};

const mergeBase = async (mirror: Mirror, left: Sha, right: Sha): Promise<Sha | null> => {
  const ended = await tryGit(mirror, ["merge-base", fullName(left), fullName(right)], { env: asTheyAre });
  if (ended.exit > 1) throw new Error(`merge base of ${left} and ${right}: ${wordsOf(ended)}`);
  return ended.exit === 0 ? (ended.stdout.toString("latin1").split("\n")[0] ?? null) : null;
};
