export interface OwnerRule {
  pattern: string;
  owners: string[];
}

/** Where GitHub looks, in its order; the first file that exists counts. */
export const codeownersPaths = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/** Reads a CODEOWNERS file. Lines that GitHub skips (with `!`, or with `[ ]` ranges) are skipped. */
export function readCodeowners(text: string): OwnerRule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const words = line.trim().match(/(?:\\.|[^\s\\])+/g) ?? [];
    const [pattern = "#", ...rest] = words;
    if (/^[#!]/.test(pattern) || /(^|[^\\])\[/.test(pattern)) return [];
    const comment = rest.findIndex((word) => word.startsWith("#"));
    return [{ pattern, owners: comment === -1 ? rest : rest.slice(0, comment) }];
  });
}

/**
 * Who owns a path: the last rule that matches it, which may name nobody. GitHub's rules are gitignore's, but for `docs/*`, which
 * does not reach into folders, and case always counts.
 */
export function ownersOf(path: string, rules: OwnerRule[]): string[] {
  return rules.findLast((rule) => matcher(rule.pattern).test(path))?.owners ?? [];
}

const matchers = new Map<string, RegExp>();

function matcher(pattern: string): RegExp {
  const known = matchers.get(pattern);
  if (known !== undefined) return known;
  if (matchers.size > 5_000) matchers.clear();
  const made = new RegExp(source(pattern), "su");
  matchers.set(pattern, made);
  return made;
}

function source(pattern: string): string {
  const isFolder = pattern.endsWith("/");
  const bare = pattern.replace(/^\//, "").replace(/\/$/, "");
  // A slash at the beginning or inside ties a pattern to the root; without one it may stand in any folder.
  const isRooted = pattern.startsWith("/") || bare.includes("/");
  const body = bare
    .split("/")
    .map((part) => (part === "**" ? "**" : segment(part)))
    .join("/")
    .replace(/^\*\*\//, "(?:.*/)?")
    .replaceAll("/**/", "/(?:.*/)?")
    .replace(/(^|\/)\*\*$/, "$1.*");
  const last = bare.split("/").at(-1) ?? "";
  // A name alone may be a folder with all that is in it; `docs/*` is the files of docs and nothing below.
  const end = isFolder ? "/.*" : last === "*" && isRooted ? "" : "(?:/.*)?";
  return `^${isRooted ? "" : "(?:.*/)?"}${body}${end}$`;
}

/** One part between slashes: stars do not cross them, and a backslash takes the next character as it is. */
const segment = (part: string): string =>
  part.replace(/\\(.)|\*+|\?|[.+^${}()|[\]\\]/gsu, (sign, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&");
    if (sign.startsWith("*")) return "[^/]*";
    return sign === "?" ? "[^/]" : `\\${sign}`;
  });
