import picomatch from "picomatch";
import { globOptions } from "../domain/path-glob.ts";

const pathsMax = 2000;

export type Expanded = { kind: "expanded"; paths: string[] } | { kind: "refused"; reason: string };

/**
 * The paths that globs stand for: the repository's files that they match, and planned new files. Patterns are never compared with
 * each other, for two that look different may share files. A glob that matches nothing, or nearly everything, is refused.
 */
export function expandGlobs(globs: string[], files: string[], planned: string[] = []): Expanded {
  const all = [...new Set([...files, ...planned])];
  const found = new Set<string>();
  for (const glob of globs) {
    const isMatch = picomatch(glob, globOptions);
    const matched = all.filter((path) => isMatch(path));
    if (matched.length === 0)
      return {
        kind: "refused",
        reason: `"${glob}" matches no file; correct it, or name the file that is to be made`,
      };
    if (matched.length === all.length && all.length > 1)
      return { kind: "refused", reason: `"${glob}" matches every file; claim what the loop really changes` };
    for (const path of matched) found.add(path);
  }
  if (found.size > pathsMax)
    return {
      kind: "refused",
      reason: `${globs.join(", ")} match ${found.size} files; ${pathsMax} is the most that one run may claim`,
    };
  return { kind: "expanded", paths: [...found].sort() };
}
