import { lstat, readlink, realpath, stat, symlink, unlink } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";

export interface Borrowed {
  /** What the links lead to, which the sandbox must show. */
  readable: string[];
  /** What could not be borrowed, in words. */
  problems: string[];
  /** Takes the links away again, so that an import never sees them. */
  giveBack: () => Promise<void>;
}

/** Links a person's own untracked folders, such as `node_modules`, into a checkout that has none of its own. */
export async function borrow(checkoutDir: string, wishes: Record<string, string>): Promise<Borrowed> {
  const links: { link: string; source: string }[] = [];
  const readable: string[] = [];
  const problems: string[] = [];
  const giveBack = async (): Promise<void> => {
    // Only the link that was made here: the command may have put something of its own in its place.
    for (const { link, source } of links)
      if ((await readlink(link).catch(() => null)) === source) await unlink(link);
  };
  try {
    for (const [path, source] of Object.entries(wishes)) {
      const problem = await problemOf(checkoutDir, path, source);
      const link = join(checkoutDir, path);
      if (problem !== null) problems.push(problem);
      // A link that is there already was left by a check that was killed; it is taken over.
      else if ((await readlink(link).catch(() => null)) === source || !(await exists(link))) {
        if (!(await exists(link))) await symlink(source, link);
        links.push({ link, source });
        readable.push(...new Set([source, await realpath(source)]));
      }
    }
  } catch (error) {
    await giveBack();
    throw error;
  }
  return { readable, problems, giveBack };
}

async function problemOf(checkoutDir: string, path: string, source: string): Promise<string | null> {
  const clean = normalize(path);
  if (isAbsolute(path) || clean === "." || clean === ".." || clean.startsWith(`..${sep}`))
    return `borrowing ${path}: the path must lie inside the checkout`;
  if (!isAbsolute(source)) return `borrowing ${path}: its source ${source} must be an absolute path`;
  if ((await stat(source).catch(() => null)) === null)
    return `borrowing ${path}: ${source} is not there; install it in your own checkout first`;
  const parent = await realpath(dirname(join(checkoutDir, clean))).catch(() => null);
  const root = await realpath(checkoutDir);
  if (parent === null) return `borrowing ${path}: this commit has no folder ${dirname(clean)}`;
  return parent === root || parent.startsWith(root + sep)
    ? null
    : `borrowing ${path}: its folder leads out of the checkout by a link`;
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
