import { readFile } from "node:fs/promises";

import type { HistoricChange } from "../../domain/change-record.ts";
import type { Sha } from "../../domain/ids.ts";
import { asTheyAre, records } from "./change-record.ts";
import { parentsOf } from "./hunks.ts";
import { type Mirror, tryGit, wordsOf } from "./mirror.ts";
import { emptyTree, fullName } from "./names.ts";
import { fieldsOf } from "./path-text.ts";

/** A commit's line of the list: what is kept in memory of all of them, some 150 bytes each. */
interface Listed {
  sha: Sha;
  parent: Sha;
  author: string;
  at: Date;
}

const listBytesMax = 1024 * 1024 * 1024;
const recordsAtOnce = 1_000;

/** The newest `last` non-merge commits reachable from `rev` as changes against their first parent, oldest first in date order. */
export async function* historicChanges(
  mirror: Mirror,
  wish: { rev: Sha; last: number },
): AsyncGenerator<HistoricChange, void> {
  const listed = await list(mirror, wish);
  await nameRealParents(mirror, listed);
  for (let from = 0; from < listed.length; from += recordsAtOnce) {
    const some = listed.slice(from, from + recordsAtOnce);
    let at = 0;
    for await (const record of records(
      mirror,
      some.map(({ sha, parent }) => ({ base: parent, head: sha })),
    )) {
      const commit = some[at];
      at += 1;
      if (commit !== undefined) yield { sha: commit.sha, author: commit.author, at: commit.at, record };
    }
  }
}

/** How many commits `historicChanges` tells of. */
export const countChanges = async (mirror: Mirror, wish: { rev: Sha; last: number }): Promise<number> => {
  const args = ["rev-list", "--count", "--no-merges", ...rangeOf(wish)];
  const ended = await tryGit(mirror, args, { env: asTheyAre });
  // A damaged history is listed as far as it goes.
  return ended.exit === 0 ? Number(ended.stdout.toString("latin1")) : (await list(mirror, wish)).length;
};

const rangeOf = ({ rev, last }: { rev: Sha; last: number }): string[] => [
  ...[`--max-count=${Math.max(0, Math.trunc(last))}`, "--end-of-options", fullName(rev), "--"],
];

const list = async (mirror: Mirror, wish: { rev: Sha; last: number }): Promise<Listed[]> => {
  const args = ["log", "-z", "--no-merges", "--no-show-signature", "--no-mailmap", "--format=%H %ct %P%n%ae"];
  const range = rangeOf(wish);
  const call = { env: asTheyAre, bytesMax: listBytesMax };
  const inOrder = await tryGit(mirror, [...args, "--date-order", ...range], call);
  if (inOrder.exit === 0) return fieldsOf(inOrder.stdout).map(listedOf).reverse();
  // Date order reads the whole history first. Where a part of it is damaged, the newer commits can still be listed.
  const newest = await tryGit(mirror, [...args, ...range], call);
  const listed = fieldsOf(newest.stdout).map(listedOf).reverse();
  if (listed.length === 0) throw new Error(`listing commits of ${mirror.name}: ${wordsOf(newest)}`);
  if (newest.exit !== 0)
    mirror.place.log("warn", `listing commits of ${mirror.name} ended early: ${wordsOf(newest)}`);
  return listed;
};

const listedOf = (field: string): Listed => {
  const [line = "", author = ""] = field.split("\n");
  const [sha = "", seconds = "", parent = emptyTree] = line.split(" ");
  const at = new Date(Number(seconds) * 1000);
  return {
    sha,
    parent: parent === "" ? emptyTree : parent,
    author,
    at: Number.isNaN(at.getTime()) ? new Date(0) : at,
  };
};

/** A shallow clone shows its oldest commits as roots; they name parents that are not here, and their records will say so. */
const nameRealParents = async (mirror: Mirror, listed: Listed[]): Promise<void> => {
  const args = ["rev-parse", "--path-format=absolute", "--git-path", "shallow"];
  const ended = await tryGit(mirror, args);
  const file = ended.stdout.toString("utf8").trimEnd();
  const text = await readFile(file, "latin1").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const shallow = new Set(text.split("\n"));
  for (const commit of listed)
    if (shallow.has(commit.sha)) commit.parent = (await parentsOf(mirror, commit.sha))[0] ?? emptyTree;
};
