import { mechanicalFile } from "./mechanical.ts";

/** Written by a tool, or taken over from elsewhere: snapshots of tests, minified code, source maps. */
const product = /(\.snap|\.min\.(js|css)|\.(js|css)\.map|\.approved\.txt)$|(^|\/)__snapshots__\//i;
const vendored = /(^|\/)(vendor|vendored|node_modules|third[_-]?party|dist)\//i;
const version = /^(\.?version|(gem_|_)?version\.[a-z0-9]+|\.nvmrc|\.(ruby|node|python)-version)$/i;

/** Files whose lines say little about what somebody meant: tools write them, and unlike changes take back each other's lines in them. */
export function isGenerated(path: string): boolean {
  const kind = mechanicalFile(path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    kind === "lock file" ||
    kind === "change log" ||
    version.test(name) ||
    product.test(path) ||
    vendored.test(path)
  );
}

/** The same or a manifest, where a dependency's version is all that is usually changed: what bots and releases change. */
export const isRoutine = (path: string): boolean => isGenerated(path) || mechanicalFile(path) === "manifest";
