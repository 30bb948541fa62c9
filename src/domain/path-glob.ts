const charactersMax = 300;

/**
 * Why no file of a repository can ever match this glob, with the remedy; undefined when one could. The reason follows the glob in a
 * sentence: `"/src" begins with /; …`. A folder ending in `/` is a matter of the caller's.
 */
export function whyNoPath(glob: string): string | undefined {
  if (glob.trim() === "") return "is empty; write a path such as src/prices.js";
  if (glob.length > charactersMax)
    return `has ${glob.length} characters; at most ${charactersMax} are allowed`;
  if (glob !== glob.trim() || /\p{Cc}/u.test(glob))
    return "has spaces at its ends or control characters; take them out";
  if (glob.includes("\\")) return "has a backslash; write / between folders";
  if (/^(?:\/|~|[A-Za-z]:)/.test(glob)) return "is absolute; write it from the repository's root, without /";
  if (glob.startsWith("!")) return "begins with !, which leaves files out; write the ones that are meant";
  const segments = glob.replace(/\/$/, "").split("/");
  if (segments.includes("..")) return "leaves the repository with ..; write a path inside it";
  if (segments.some((segment) => segment === "." || segment === ""))
    return "has an empty or . folder in it, so it matches nothing; write e.g. src/prices.js";
  if (segments[0] === ".git") return "is git's own folder, in which no file is tracked; leave it out";
  return isBalanced(glob)
    ? undefined
    : "opens a bracket that it does not close, so it matches nothing; close it";
}

/**
 * How picomatch reads every glob here. Extglobs nest, and nested repetition can take for ever on a path made for it; without the flag
 * s, a line break in a name would keep it from matching.
 */
export const globOptions = { dot: true, flags: "s", noextglob: true, nonegate: true };

/** Whether a glob means every file (`**`), or every file of the first folders (`*`). */
export const isEverything = (glob: string): boolean => /^\*+(?:\/\*+)*$/.test(glob) && glob.includes("**");
export const isOnlyStars = (glob: string): boolean => /^\*+(?:\/\*+)*$/.test(glob);

const closings: Record<string, string> = { "[": "]", "{": "}", "(": ")" };

function isBalanced(glob: string): boolean {
  const open: string[] = [];
  for (const sign of glob) {
    const closing = closings[sign];
    if (closing !== undefined) open.push(closing);
    else if (/[\]})]/.test(sign) && open.pop() !== sign) return false;
  }
  return open.length === 0;
}
