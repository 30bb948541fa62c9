/** What a mechanical file is: a list of what changed, a list of what is used, or a tool's own record of that. */
export type MechanicalFile = "change log" | "manifest" | "lock file";

const changeLog =
  /^(\d\d-)?(change[-_ ]?logs?|changes|history|news|releases?|release[-_ ]?notes)(\.(md|markdown|mdx|rst|txt|adoc|textile))?$/i;

const lockFile = new Set([
  ...["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"],
  ...["gemfile.lock", "gems.locked", "cargo.lock", "poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock"],
  ...["composer.lock", "go.sum", "go.work.sum", "gradle.lockfile", "packages.lock.json", "package.resolved"],
  ...["mix.lock", "pubspec.lock", "podfile.lock", "deno.lock", "flake.lock", "conan.lock", "pixi.lock"],
]);

const manifest = new Set([
  ...[
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "pipfile",
    "cargo.toml",
    "go.mod",
    "gemfile",
  ],
  ...[
    "gems.rb",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "libs.versions.toml",
    "composer.json",
    "bower.json",
  ],
  ...["component.json", "lerna.json", "deno.json", "jsr.json", "mix.exs", "pubspec.yaml", "podfile"],
]);

/** By the file's name alone; null for everything else. Names are compared without regard to case. */
export function mechanicalFile(path: string): MechanicalFile | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (lockFile.has(name)) return "lock file";
  if (manifest.has(name) || name.endsWith(".gemspec") || isRequirements(path.toLowerCase(), name))
    return "manifest";
  return changeLog.test(name) || isFragment(path) ? "change log" : null;
}

/** One entry a file, to be gathered at a release. */
export const isFragment = (path: string): boolean =>
  /(^|\/)(changelog|changes|news|newsfragments)(\.d)?\/[^/]+\.(rst|md|txt)$/i.test(path);

const isRequirements = (path: string, name: string): boolean =>
  /^((dev|test|docs?|build)[-_])?requirements([-_.][\w.-]+)?\.(txt|in)$/.test(name) ||
  /(^|\/)requirements\/[^/]+\.(txt|in)$/.test(path);

/**
 * C2g, mechanical conflict: git cannot merge, and every path in the way is a change log, a manifest or a lock file. It is resolved by
 * rule (`resolve-mechanical.ts`) and verified by the check command; where the rule is in doubt it is a textual conflict.
 */
export const isMechanical = (paths: string[]): boolean =>
  paths.length > 0 && paths.every((path) => mechanicalFile(path) !== null);
