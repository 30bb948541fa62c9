import type { Sha } from "../../domain/ids.ts";
import type { MergedFiles } from "../../ports/history.ts";
import { asTheyAre } from "./change-record.ts";
import { type MergePair, mergeBatch, scratchObjects } from "./merge.ts";
import { type Mirror, tryGit } from "./mirror.ts";
import { fullName } from "./names.ts";
import { withFolder } from "./own-folders.ts";
import { rawPaths } from "./path-text.ts";
import { streamGit } from "./run-git.ts";

/** Bytes of files at commits or trees, in the order asked; null when absent, no file, damaged, or over `bytesMax`. */
export const readAll = async (
  mirror: Mirror,
  wishes: { at: Sha; path: string }[],
  bytesMax: number,
): Promise<(Buffer | null)[]> => readFrom({ mirror, env: asTheyAre }, wishes, bytesMax);

/** Files of the merge of `theirs` into `ours`, which is made in a folder that passes; the paths in conflict when it is not clean. */
export const readMerged = async (
  mirror: Mirror,
  pair: MergePair,
  { paths, bytesMax }: { paths: string[]; bytesMax: number },
): Promise<MergedFiles> =>
  withFolder(mirror.place.scratch, async (folder) => {
    const env = { ...asTheyAre, ...(await scratchObjects(mirror, folder)) };
    const [merged] = await mergeBatch(mirror, [pair], env);
    if (merged?.kind !== "clean") return { kind: "conflict", paths: merged?.paths ?? [] };
    const wishes = paths.map((path) => ({ at: merged.tree, path }));
    return { kind: "clean", files: await readFrom({ mirror, env }, wishes, bytesMax) };
  });

/** Where objects are read: `env` may add a store of passing ones. */
interface Store {
  mirror: Mirror;
  env: { [name: string]: string };
}

const readFrom = async (
  store: Store,
  wishes: { at: Sha; path: string }[],
  bytesMax: number,
): Promise<(Buffer | null)[]> => {
  const names = wishes.map(nameOf);
  const blobs = await blobsOf(store, names, bytesMax);
  const contents = await contentsOf(
    store,
    [...new Set(blobs)].flatMap((blob) => blob ?? []),
  );
  return blobs.map((blob) => (blob === null ? null : (contents.get(blob) ?? null)));
};

/** NUL cannot be in a path, so it ends the names. Bytes that are no UTF-8 come quoted, as `pathText` gives them. */
const nameOf = ({ at, path }: { at: Sha; path: string }): string => {
  const raw = rawPaths(path).at(-1) ?? "";
  return `${fullName(at)}:${raw.replaceAll("\0", "/")}`;
};

/** Blob ids of the names; looked up before anything is read, so that no large file is ever in memory. */
const blobsOf = async (
  { mirror, env }: Store,
  names: string[],
  bytesMax: number,
): Promise<(Sha | null)[]> => {
  const blobs: (Sha | null)[] = [];
  while (blobs.length < names.length) {
    const rest = names.slice(blobs.length);
    const args = ["cat-file", "-z", "--batch-check=%(objecttype) %(objectsize) %(objectname)"];
    const input = Buffer.from(rest.map((name) => `${name}\0`).join(""), "latin1");
    const { stdout, exit } = await tryGit(mirror, args, { input, env });
    blobs.push(...readChecks(stdout.toString("latin1"), rest, bytesMax));
    // A damaged object ends git: it is the next one.
    if (exit !== 0 && blobs.length < names.length) blobs.push(null);
    else if (blobs.length < names.length)
      throw new Error(`reading files of ${mirror.name}: git answered less than asked`);
  }
  return blobs;
};

const readChecks = (output: string, names: string[], bytesMax: number): (Sha | null)[] => {
  const blobs: (Sha | null)[] = [];
  let at = 0;
  for (const name of names) {
    // What git does not find it repeats, and a name may hold newlines.
    const isMissing = output.startsWith(`${name} `, at);
    const end = output.indexOf("\n", isMissing ? at + name.length : at);
    if (end < 0) break;
    const [type, size, sha = null] = output.slice(at, end).split(" ");
    blobs.push(!isMissing && type === "blob" && Number(size) <= bytesMax ? sha : null);
    at = end + 1;
  }
  return blobs;
};

const contentsOf = async ({ mirror, env }: Store, blobs: Sha[]): Promise<Map<Sha, Buffer>> => {
  const contents = new Map<Sha, Buffer>();
  for (let at = 0; at < blobs.length; ) {
    const input = blobs
      .slice(at)
      .map((blob) => `${blob}\n`)
      .join("");
    const pieces: Buffer[] = [];
    const ended = { exit: 0, stderr: "" };
    const call = { path: mirror.place.path, gitDir: mirror.gitDir, env, input };
    for await (const piece of streamGit(["cat-file", "--batch"], call, ended)) pieces.push(piece);
    at += takeContents(Buffer.concat(pieces), contents);
    if (ended.exit !== 0 && at < blobs.length) at += 1;
  }
  return contents;
};

/** How many objects the output answers, present or missing. */
const takeContents = (output: Buffer, contents: Map<Sha, Buffer>): number => {
  let [at, count] = [0, 0];
  for (;;) {
    const end = output.indexOf(0x0a, at);
    if (end < 0) return count;
    const [sha = "", type, size] = output.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (type !== "missing") {
      const to = at + Number(size);
      if (to >= output.length) return count;
      contents.set(sha, output.subarray(at, to));
      at = to + 1;
    }
    count += 1;
  }
};
