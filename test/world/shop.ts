import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Files, git, put, tempFolder } from "../adapters/git/world.ts";
import { checkScript } from "./check-script.ts";

/** A bare remote and a person's clone of it, on plain git. */
export interface Shop {
  root: string;
  remote: string;
  work: string;
  git: (...args: string[]) => string;
  /** Commits files in the person's clone; answers the commit. `push` sends it. */
  commit: (files: Files, message?: string, how?: { author?: string }) => Promise<string>;
  push: (...args: string[]) => void;
  /** Commits and pushes. */
  land: (files: Files, message?: string) => Promise<string>;
  /** What plain git says of the remote's target. */
  main: () => string;
  /** Branches of the remote besides the target. */
  branches: () => string[];
  /** A file on the remote's target, or at another revision. */
  show: (path: string, revision?: string) => string;
  /** Subjects on the remote's target, newest first, first parents only. */
  subjects: () => string[];
}

export const firstFiles: Files = {
  "check.mjs": checkScript,
  ".gitignore": "report.json\n",
  "src/price.txt": "price 10\n",
  "test/price.txt": "price: expect src/price.txt has price 10\n",
};

export async function openShop(files: Files = firstFiles, isEmpty = false): Promise<Shop> {
  const root = tempFolder();
  const [remote, work] = [join(root, "remote.git"), join(root, "work")];
  mkdirSync(work);
  git(root, "init", "-q", "--bare", "-b", "main", remote);
  git(root, "init", "-q", "-b", "main", work);
  git(work, "remote", "add", "origin", remote);
  const shop = shopAt(root);
  if (!isEmpty) await shop.land(files, "first");
  return shop;
}

/** The shop whose remote and clone are in a folder already. */
export function shopAt(root: string): Shop {
  const [remote, work] = [join(root, "remote.git"), join(root, "work")];
  const inRemote = (...args: string[]) => git(remote, ...args);
  const shop: Shop = {
    root,
    remote,
    work,
    git: (...args) => git(work, ...args),
    async commit(changed, message = "change", how = {}) {
      await put(work, changed);
      git(work, "add", "-A");
      const author = how.author === undefined ? [] : [`--author=${how.author}`];
      git(work, "commit", "-q", "--allow-empty", ...author, "-m", message);
      return git(work, "rev-parse", "HEAD");
    },
    push: (...args) => void git(work, "push", "-q", "origin", ...(args.length > 0 ? args : ["HEAD:main"])),
    async land(changed, message) {
      const sha = await shop.commit(changed, message);
      shop.push();
      return sha;
    },
    main: () => inRemote("rev-parse", "main"),
    branches: () =>
      inRemote("for-each-ref", "--format=%(refname:short)", "refs/heads")
        .split("\n")
        .filter((name) => name !== "main" && name !== ""),
    show: (path, revision = "main") => inRemote("show", `${revision}:${path}`),
    subjects: () => inRemote("log", "--first-parent", "--format=%s", "main").split("\n"),
  };
  return shop;
}

/** A shop whose price test fails since the second of three commits. */
export async function openBrokenShop(files: Files = {}): Promise<Shop & { bug: string }> {
  const shop = await openShop({ ...firstFiles, "src/other.txt": "one\ntwo\nthree\n", ...files });
  const bug = await shop.commit({ "src/price.txt": "price 12\n" }, "Raise the price");
  await shop.land({ "src/stock.txt": "stock 4\n" }, "Count again");
  return { ...shop, bug };
}
