import type { Sha } from "../../domain/ids.ts";
import type { NewCommit } from "../../ports/code.ts";
import { askGit, type Mirror } from "./mirror.ts";
import { fullName } from "./names.ts";

/** Writes a commit whose author, committer and dates are `commit`'s: same inputs, same commit, in every zone. */
export const commitTree = async (
  mirror: Mirror,
  what: { tree: Sha; parents: Sha[] },
  commit: NewCommit,
): Promise<Sha> => {
  const date = `@${Math.floor(commit.at.getTime() / 1000)} +0000`;
  const { name, email } = commit.author;
  const parents = what.parents.flatMap((parent) => ["-p", fullName(parent)]);
  const message = commit.message.replaceAll("\0", "").trimEnd();
  const output = await askGit(
    mirror,
    "committing",
    ["commit-tree", ...parents, "-F", "-", fullName(what.tree)],
    {
      input: `${message}\n`,
      env: {
        ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
        ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
      },
    },
  );
  return output.toString("latin1").trim();
};

/** A commit that only carries a tree into a merge: its parent decides the merge base. Never leaves the mirror. */
export const syntheticCommit = (mirror: Mirror, tree: Sha, parent: Sha): Promise<Sha> =>
  commitTree(
    mirror,
    { tree, parents: [parent] },
    { message: "synthetic", author: { name: "LoomStack", email: "loomstack" }, at: new Date(0) },
  );
