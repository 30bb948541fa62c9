import { join, resolve } from "node:path";

import type { RepositoryName } from "../../domain/ids.ts";
import type { Repository } from "../../domain/organisation.ts";
import type { Code } from "../../ports/code.ts";
import type { Log } from "../../ports.ts";
import { readTexts } from "./blobs.ts";
import { changeRecord, changeRecords } from "./change-record.ts";
import { checkout, removeCheckout } from "./checkout.ts";
import { contains, list, read, resolveRevision, treeOf } from "./content.ts";
import { diff, diffProblems, facts } from "./facts.ts";
import { fetch, mirrorOf } from "./fetch.ts";
import { commits, landedByLoops } from "./history.ts";
import { hunks } from "./hunks.ts";
import { importCheckout } from "./import-checkout.ts";
import { mentions } from "./mentions.ts";
import { effectDigest, mergeAll, mergeCommit } from "./merge.ts";
import type { Place } from "./mirror.ts";
import { leaveNote, takeNote } from "./notes.ts";
import { openFolder } from "./own-folders.ts";
import { broughtIn, land, propose, withdraw } from "./push.ts";
import { readAll } from "./read-all.ts";
import { resolveMerge } from "./resolve-merge.ts";
import { revert } from "./revert.ts";

/** What ssh and HTTPS need for credentials and the way out. Only fetch, ls-remote and push see it; no GIT_… variable is ever passed on. */
const networkNames = [
  ...["HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"],
];

export interface CodeOptions {
  /** LOOM_HOME: mirrors and checkouts are kept in it. */
  home: string;
  /** The repositories as the organisation file names them now. */
  remotes: (name: RepositoryName) => Repository | undefined;
  log: Log;
  /** The process's environment: PATH for every call; HOME, ssh-agent and proxies for calls to a remote. Nothing else is taken. */
  environment?: { [name: string]: string | undefined };
}

/**
 * Trusted git on bare mirrors under `<home>/mirrors`. Removes what processes that have ended left in `<home>/checkouts` and
 * `<home>/scratch`. Any number of processes on one machine may share a home.
 */
export const openCode = (options: CodeOptions): Code => {
  const place = openPlace(options);
  return {
    fetch: (repository) => fetch(place, repository),
    resolve: (name, revision) => resolveRevision(place, name, revision),
    treeOf: (name, commit) => treeOf(place, name, commit),
    commits: (name, range) => commits(place, name, range),
    landedByLoops: (name, to, commitsMax) => landedByLoops(place, name, to, commitsMax),
    contains: (name, ancestor, descendant) => contains(place, name, ancestor, descendant),
    list: (name, at, prefix) => list(place, name, at, prefix),
    readTexts: (name, blobs, bytesMax) => readTexts(place, name, blobs, bytesMax),
    read: (name, at, path, bytesMax) => read(place, name, { at, path }, bytesMax),
    facts: (name, base, head) => facts(place, name, base, head),
    changeRecord: (name, base, head) => changeRecord(place, name, base, head),
    changeRecords: (name, pairs) => changeRecords(place, name, pairs),
    sources: (name) => ({
      readAll: async (wishes, bytesMax) => readAll(await mirrorOf(place, name), wishes, bytesMax),
      mentions: async (at, wish) => mentions(await mirrorOf(place, name), at, wish),
    }),
    diff: (name, base, head, bytesMax) => diff(place, name, { base, head }, bytesMax),
    diffProblems: (name, base, head) => diffProblems(place, name, base, head),
    checkout: (repository, at, name, branch) => checkout(place, repository, { at, name }, branch),
    leaveNote,
    takeNote,
    removeCheckout: (made) => removeCheckout(place, made),
    importCheckout: (made, commit) => importCheckout(place, made, commit),
    revert: (name, wish, commit) => revert(place, name, wish, commit),
    hunks: (name, commit) => hunks(place, name, commit),
    mergeAll: (name, pairs) => mergeAll(place, name, pairs),
    effectDigest: (name, target, head) => effectDigest(place, name, target, head),
    mergeCommit: (name, wish, commit) => mergeCommit(place, name, wish, commit),
    resolveMerge: (name, wish, commit) => resolveMerge(place, name, wish, commit),
    propose: (repository, branch, head) => propose(place, repository, branch, head),
    land: (repository, merge, branch) => land(place, repository, merge, branch),
    broughtIn: (name, head, target) => broughtIn(place, name, head, target),
    withdraw: (repository, branch, head) => withdraw(place, repository, branch, head),
  };
};

const openPlace = (options: CodeOptions): Place => {
  const { remotes, log, environment = {} } = options;
  const folder = (name: string): string => join(resolve(options.home), name);
  const passed = networkNames.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  for (const name of ["mirrors", "checkouts", "scratch"])
    for (const left of openFolder(folder(name)))
      log("info", `removed ${name}/${left}: its process has ended`);
  return {
    ...{ mirrors: folder("mirrors"), checkouts: folder("checkouts"), scratch: folder("scratch") },
    path: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    networkEnv: Object.fromEntries(passed),
    ...{ remotes, log, fetching: new Map(), fetches: new Map() },
  };
};
