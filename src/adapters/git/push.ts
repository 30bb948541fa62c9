import { setTimeout as wait } from "node:timers/promises";

import type { RepositoryName, Sha } from "../../domain/ids.ts";
import type { Repository } from "../../domain/organisation.ts";
import { isAncestor } from "./content.ts";
import { fetch, mirrorOf, withoutLocks } from "./fetch.ts";
import { firstParent, parentsOf } from "./hunks.ts";
import { askGit, clean, type Mirror, type Place, tryGit, wordsOf } from "./mirror.ts";
import { fullName, ownBranchName, remoteAddress, targetBranchName } from "./names.ts";
import type { GitEnded } from "./run-git.ts";

const lockTries = 5;
const isLocked = /cannot lock ref|failed to update ref|\.lock'?: File exists|unable to (create|lock)/i;
const isForbidden = /\b403\b|permission|denied|not allowed|not authori[sz]ed|read[- ]only|protected/i;

/** Pushes the loop's branch, never with force; `moved` when somebody else pushed to it. */
export const propose = async (
  place: Place,
  repository: Repository,
  branch: string,
  head: Sha,
): Promise<{ kind: "pushed" } | { kind: "moved"; to: Sha }> => {
  const mirror = await mirrorOf(place, repository.name);
  const url = remoteAddress(repository.remote);
  const ref = `refs/heads/${ownBranchName(branch)}`;
  const ended = await withoutLocks(mirror, () => push(mirror, url, [`${fullName(head)}:${ref}`]));
  if (ended.exit === 0) return { kind: "pushed" };
  const now = await remoteSha(mirror, url, ref);
  if (now === head) return { kind: "pushed" };
  if (now !== null) {
    // A branch that `head` contains did not move; then the remote has another reason to refuse.
    await fetch(place, repository);
    if (!(await isAncestor(mirror, now, head))) return { kind: "moved", to: now };
  }
  throw new Error(`pushing ${branch} to ${repository.name}: ${rejection(ended)}`);
};

/**
 * Pushes `merge` to the target without force; `moved` when the target is no longer its first parent. Then removes the loop's
 * branch. The remote's own state decides every answer, so it may be asked again after any crash.
 */
export const land = async (
  place: Place,
  repository: Repository,
  merge: Sha,
  branch: string,
): Promise<{ kind: "landed" } | { kind: "moved" } | { kind: "refused"; reason: string }> => {
  const mirror = await mirrorOf(place, repository.name);
  const url = remoteAddress(repository.remote);
  const ref = `refs/heads/${targetBranchName(repository.target)}`;
  ownBranchName(branch);
  const ended = await pushTarget(mirror, { url, ref, merge: fullName(merge) }, repository);
  if (ended.kind === "landed") await removeLandedBranch(mirror, repository, merge, branch);
  return ended;
};

type LandEnd = { kind: "landed" } | { kind: "moved" } | { kind: "refused"; reason: string };

const pushTarget = async (
  mirror: Mirror,
  wish: { url: string; ref: string; merge: Sha },
  repository: Repository,
): Promise<LandEnd> => {
  const { url, ref, merge } = wish;
  const expected = await firstParent(mirror, merge);
  for (let tries = 1; ; tries += 1) {
    const now = await remoteSha(mirror, url, ref);
    if (now === merge) return { kind: "landed" };
    if (now !== expected)
      return (await hasLanded(mirror, repository, merge)) ? { kind: "landed" } : { kind: "moved" };
    const ended = await push(mirror, url, [`${merge}:${ref}`]);
    if (ended.exit === 0) return { kind: "landed" };
    // Somebody else's push holds the lock, or was first: look again. A hook or a rule is asked once.
    const after = await remoteSha(mirror, url, ref);
    if (after === expected && (tries === lockTries || !isLocked.test(spoken(ended)))) return refused(ended);
    await wait(25 * 2 ** tries);
  }
};

/** Refusals have words of the remote; a connection that broke has none and is worth another try by the caller. */
const refused = (ended: GitEnded): LandEnd => {
  const isRejected = /^!/m.test(ended.stdout.toString("utf8"));
  if (isRejected || isForbidden.test(ended.stderr)) return { kind: "refused", reason: rejection(ended) };
  throw new Error(`landing: push did not get through: ${wordsOf(ended)}`);
};

const hasLanded = async (mirror: Mirror, repository: Repository, merge: Sha): Promise<boolean> => {
  const { target } = await fetch(mirror.place, repository);
  return isAncestor(mirror, merge, target);
};

/** Tidying after the fact: the change has landed whether or not its branch can be removed. */
const removeLandedBranch = async (
  mirror: Mirror,
  repository: Repository,
  merge: Sha,
  branch: string,
): Promise<void> => {
  const [, landed] = await parentsOf(mirror, merge);
  await deleteBranch(mirror, repository, branch, landed ?? merge);
};

/** Deletes the loop's branch on the remote if it is still at `head`. */
export const withdraw = async (
  place: Place,
  repository: Repository,
  branch: string,
  head: Sha,
): Promise<void> => {
  const mirror = await mirrorOf(place, repository.name);
  await deleteBranch(mirror, repository, branch, fullName(head));
};

const deleteBranch = async (
  mirror: Mirror,
  repository: Repository,
  branch: string,
  head: Sha,
): Promise<void> => {
  const url = remoteAddress(repository.remote);
  const ref = `refs/heads/${ownBranchName(branch)}`;
  if ((await remoteSha(mirror, url, ref)) !== head) return;
  // The lease makes the deletion conditional: a push in between keeps the branch.
  const ended = await push(mirror, url, [`--force-with-lease=${ref}:${head}`, `:${ref}`]);
  if (ended.exit === 0 || (await remoteSha(mirror, url, ref)) !== head) return;
  mirror.place.log("warn", `removing ${branch} from ${repository.name}: ${rejection(ended)}`);
};

const push = (mirror: Mirror, url: string, rest: string[]): Promise<GitEnded> => {
  const leases = rest.filter((word) => word.startsWith("--"));
  const refs = rest.filter((word) => !word.startsWith("--"));
  const args = [
    "push",
    "--porcelain",
    "--no-verify",
    "--no-follow-tags",
    "--no-signed",
    "--recurse-submodules=no",
  ];
  return tryGit(mirror, [...args, ...leases, "--end-of-options", url, ...refs], { network: true });
};

/** What the remote's branch is at now; null when there is none. */
const remoteSha = async (mirror: Mirror, url: string, ref: string): Promise<Sha | null> => {
  const args = ["ls-remote", "--quiet", "--end-of-options", url, ref];
  const output = await askGit(mirror, `asking for ${ref}`, args, { network: true });
  const lines = output.toString("utf8").split("\n");
  return lines.find((line) => line.endsWith(`\t${ref}`))?.split("\t")[0] ?? null;
};

const spoken = (ended: GitEnded): string => `${ended.stderr}\n${ended.stdout.toString("utf8")}`;

/** The remote's own words, with git's reason first. */
const rejection = (ended: GitEnded): string => {
  const status = /^!\t[^\t]*\t(.*)$/m.exec(ended.stdout.toString("utf8"))?.[1];
  const remote = ended.stderr
    .split("\n")
    .filter((line) => line.startsWith("remote:"))
    .map((line) => line.slice("remote:".length).trim())
    .filter((line) => line !== "");
  const words = [...(status === undefined ? [] : [status]), ...remote];
  return words.length === 0 ? wordsOf(ended) : clean(words.join("; "));
};

/** The commit on the target's first-parent line that brought `head` in; null when it is not in. */
export const broughtIn = async (
  place: Place,
  name: RepositoryName,
  head: Sha,
  target: Sha,
): Promise<Sha | null> => {
  const mirror = await mirrorOf(place, name);
  if (!(await isAncestor(mirror, head, target))) return null;
  const range = [`${fullName(head)}..${fullName(target)}`, "--"];
  const [line, descending] = await Promise.all([
    revisions(mirror, ["--first-parent", ...range]),
    revisions(mirror, ["--ancestry-path", ...range]),
  ]);
  const containing = new Set(descending);
  const oldest = line.filter((sha) => containing.has(sha)).at(-1);
  if (oldest === undefined) return head;
  return (await firstParent(mirror, oldest)) === head ? head : oldest;
};

const revisions = async (mirror: Mirror, args: string[]): Promise<Sha[]> => {
  const output = await askGit(mirror, "looking for a landing", ["rev-list", ...args]);
  return output
    .toString("latin1")
    .split("\n")
    .filter((sha) => sha !== "");
};
