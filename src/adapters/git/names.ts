import { createHash } from "node:crypto";
import { resolve } from "node:path";

import type { Sha } from "../../domain/ids.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
const control = /[\u0000-\u001f\u007f]/;
const ownBranch = /^loom\/[a-z0-9-]+\/[0-9a-z-]+$/;
const fullSha = /^[0-9a-f]{40}$/;

/** What every repository has: the tree with nothing in it. */
export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Refuses everything but a full object name: nothing else may stand where git expects a commit. */
export const fullName = (sha: Sha): Sha => {
  if (fullSha.test(sha)) return sha;
  throw new Error(`git: ${JSON.stringify(sha)} is not a full commit name; resolve it first`);
};

/** Refuses branches other than a loop's own: LoomStack creates and deletes no others. */
export const ownBranchName = (branch: string): string => {
  if (ownBranch.test(branch)) return branch;
  throw new Error(
    `git: ${JSON.stringify(branch)} is not a loop's branch; they are named loom/<loop>/<run>, in lower case`,
  );
};

/** Refuses target branches that git or a command line could read as something else. */
export const targetBranchName = (branch: string): string => {
  const isName =
    branch !== "" &&
    !branch.startsWith("-") &&
    !control.test(branch) &&
    !/[ ~^:?*[\\]|\.\.|@\{|\/\/|\.lock(\/|$)|(^|\/)\.|\/$|^\/|\.$|^@$/.test(branch);
  if (isName) return branch;
  throw new Error(
    `git: target branch ${JSON.stringify(branch)} is not a branch name; correct \`target\` in policies/org.yml`,
  );
};

const address = /^(https?|ssh|git|file):\/\//i;
const helper = /^[a-z0-9+.-]+::/i;
const scpLike = /^[^/:]+:(?!\/\/)/;

/** The remote as git gets it: a network address, or an absolute path. Refuses options, helpers and control characters. */
export const remoteAddress = (remote: string): string => {
  const refuse = (why: string): never => {
    throw new Error(
      `git: remote ${JSON.stringify(withoutSecret(remote))} ${why}; use a path, https://…, ssh://… or user@host:path`,
    );
  };
  if (remote === "" || remote.startsWith("-")) return refuse("would be read as an option");
  if (control.test(remote)) return refuse("contains control characters");
  if (helper.test(remote)) return refuse("names a remote helper, which may run programs");
  if (address.test(remote)) return remote;
  if (/^[a-z0-9+.-]+:\/\//i.test(remote)) return refuse("uses a protocol that is not allowed");
  return scpLike.test(remote) ? remote : resolve(remote);
};

/** The folder of a remote that is on this machine; null for a network address. */
export const localFolder = (remote: string): string | null => {
  if (remote.startsWith("/")) return remote;
  return /^file:\/\/\//i.test(remote) ? decodeURI(remote.slice("file://".length)) : null;
};

/** A text without the user and password that an address in it may carry. */
export const withoutSecret = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/gi, "$1");

/** A name as a folder's name: never a path, never hidden, and different for different names. */
export const folderName = (name: string): string => {
  const clamped = name.replace(/[^A-Za-z0-9._-]/g, "-").replace(/^[.-]+/, "");
  if (clamped === name && name.length <= 80 && name !== "" && !/\.(lock|git)$/i.test(name)) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${clamped.slice(0, 60) || "x"}-${hash}`;
};
