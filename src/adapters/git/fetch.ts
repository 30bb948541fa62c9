import { rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { RepositoryName, Sha } from "../../domain/ids.ts";
import type { Repository } from "../../domain/organisation.ts";
import { askGit, exists, type Mirror, makeMirror, mirrorAt, type Place, tryGit, wordsOf } from "./mirror.ts";
import { localFolder, remoteAddress, targetBranchName, withoutSecret } from "./names.ts";
import { fieldsOf, textOf } from "./path-text.ts";
import type { GitEnded } from "./run-git.ts";

const lockTries = 6;
/** Longer than any call of git may take: a lock this old has no owner. */
const lockAgeMaxMs = 15 * 60_000;
const fetchesPerUpkeep = 50;
const branchesNamedMax = 10;
const isLocked = /cannot lock ref|unable to create '[^']*\.lock'|unable to lock/i;

interface Fetched {
  target: Sha;
  branches: Map<string, Sha>;
}

/** Fetches of one repository wait for each other in this process; between processes git's own locks hold. */
export const fetch = async (place: Place, repository: Repository): Promise<Fetched> => {
  const before = place.fetching.get(repository.name) ?? Promise.resolve();
  const mine = before.then(
    () => fetchNow(place, repository),
    () => fetchNow(place, repository),
  );
  place.fetching.set(repository.name, mine);
  try {
    return await mine;
  } finally {
    if (place.fetching.get(repository.name) === mine) place.fetching.delete(repository.name);
  }
};

const fetchNow = async (place: Place, repository: Repository): Promise<Fetched> => {
  const url = remoteAddress(repository.remote);
  const target = targetBranchName(repository.target);
  await refuseMissingFolder(repository.name, url);
  const mirror = mirrorAt(place, repository.name);
  await makeMirror(mirror);
  const ended = await fetchRefs(mirror, url);
  if (ended.exit !== 0) throw new Error(`fetching ${repository.name}: ${remedy(ended, url)}`);
  const branches = await branchesOf(mirror);
  const sha = branches.get(target);
  if (sha === undefined) throw new Error(`fetching ${repository.name}: ${missing(branches, repository)}`);
  await upkeep(mirror);
  const loops = [...branches].filter(([name]) => name.startsWith("loom/"));
  return { target: sha, branches: new Map(loops) };
};

/** The mirror of a repository by name; fetched first when it is not there, since it can be deleted at any time. */
export const mirrorOf = async (place: Place, name: RepositoryName): Promise<Mirror> => {
  const mirror = mirrorAt(place, name);
  if (await exists(join(mirror.gitDir, "HEAD"))) return mirror;
  const repository = place.remotes(name);
  if (repository === undefined)
    throw new Error(`git: no repository is named ${JSON.stringify(name)}; name it in policies/org.yml`);
  await fetch(place, repository);
  return mirror;
};

/** A shallow remote makes a shallow mirror, which gets the rest as soon as the remote has it. */
const fetchRefs = async (mirror: Mirror, url: string): Promise<GitEnded> => {
  const isShallow = await exists(join(mirror.gitDir, "shallow"));
  const args = [
    ...[
      "fetch",
      "--quiet",
      "--prune",
      "--no-tags",
      "--force",
      "--no-auto-maintenance",
      "--no-write-fetch-head",
    ],
    ...["--no-recurse-submodules", "--update-shallow", ...(isShallow ? ["--unshallow"] : [])],
    ...["--end-of-options", url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"],
  ];
  return withoutLocks(mirror, () => tryGit(mirror, args, { network: true }));
};

/** Tries again while another process holds one of git's locks; removes a lock that a killed process left. */
export const withoutLocks = async (mirror: Mirror, call: () => Promise<GitEnded>): Promise<GitEnded> => {
  for (let tries = 1; ; tries += 1) {
    const ended = await call();
    if (ended.exit === 0 || !isLocked.test(ended.stderr) || tries === lockTries) return ended;
    await removeOldLock(mirror, ended.stderr);
    await wait(25 * 2 ** tries);
  }
};

/** Only in the mirror: a lock in a remote is its owner's. */
const removeOldLock = async (mirror: Mirror, words: string): Promise<void> => {
  const path = /Unable to create '([^']+\.lock)': File exists/i.exec(words)?.[1];
  if (path === undefined || !resolve(mirror.gitDir, path).startsWith(`${mirror.gitDir}/`)) return;
  const found = await stat(path).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > lockAgeMaxMs) await rm(path, { force: true });
};

const refuseMissingFolder = async (name: RepositoryName, url: string): Promise<void> => {
  const folder = localFolder(url);
  if (folder === null || (await exists(folder))) return;
  throw new Error(
    `fetching ${name}: there is nothing at ${folder}; correct \`remote\` in policies/org.yml or create it`,
  );
};

const remedies: [RegExp, string][] = [
  [/dubious ownership/i, "it belongs to another user; run LoomStack as that user or set safe.directory"],
  [/could not resolve host/i, "the host is unknown; check the address and the network"],
  [
    /permission denied|authentication failed|could not read (username|password)|\b40[13]\b|host key/i,
    "access was refused; load a key into ssh-agent, or store a token with git's credential helper",
  ],
  [/repository not found|\b404\b/i, "there is no such repository, or these credentials may not see it"],
  [
    /does not appear to be a git repository|not a git repository|not found/i,
    "it is not a git repository; run `git init` there or correct `remote` in policies/org.yml",
  ],
];

const remedy = (ended: GitEnded, url: string): string => {
  const words = wordsOf(ended);
  const known = remedies.find(([pattern]) => pattern.test(ended.stderr));
  return `${withoutSecret(url)}: ${known === undefined ? words : `${known[1]} (git: ${words})`}`;
};

const missing = (branches: Map<string, Sha>, repository: Repository): string => {
  if (branches.size === 0)
    return `${withoutSecret(repository.remote)} has no commits yet; push a first one to ${repository.target}`;
  const names = [...branches.keys()].slice(0, branchesNamedMax).join(", ");
  const more = branches.size > branchesNamedMax ? ` and ${branches.size - branchesNamedMax} more` : "";
  return `there is no branch ${repository.target}; correct \`target\` in policies/org.yml (branches: ${names}${more})`;
};

const branchesOf = async (mirror: Mirror): Promise<Map<string, Sha>> => {
  const format = "--format=%(objectname)%00%(refname)%00";
  const output = await askGit(mirror, "listing the branches", ["for-each-ref", format, "refs/heads/"]);
  const fields = fieldsOf(output).map((field) => field.replace(/^\n/, ""));
  const branches = new Map<string, Sha>();
  for (let at = 0; at + 1 < fields.length; at += 2)
    branches.set(textOf(fields[at + 1] ?? "").slice("refs/heads/".length), fields[at] ?? "");
  return branches;
};

/**
 * Keeps a growing mirror quick: merge bases need a commit graph, and many small packs become few. Neither drops an object that
 * nothing names, so it is safe beside runs in flight. A failure costs speed only.
 */
const upkeep = async (mirror: Mirror): Promise<void> => {
  const fetches = mirror.place.fetches.get(mirror.name) ?? 0;
  mirror.place.fetches.set(mirror.name, fetches + 1);
  if (fetches % fetchesPerUpkeep !== 0) return;
  const graph = ["commit-graph", "write", "--reachable", "--no-progress"];
  // Each in a call of its own: in one, git repacks first, and fails where every object is still loose.
  const packing = ["loose-objects", "incremental-repack"].map((task) => [
    "maintenance",
    "run",
    "--quiet",
    `--task=${task}`,
  ]);
  for (const task of fetches === 0 ? [graph] : [graph, ...packing]) {
    const ended = await tryGit(mirror, task);
    if (ended.exit !== 0)
      mirror.place.log("warn", `upkeep of the mirror of ${mirror.name}: ${wordsOf(ended)}`);
  }
};
