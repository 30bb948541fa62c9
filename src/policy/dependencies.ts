/**
 * What a manifest or lock file names, as `npm:left-pad`: package.json, npm's, Yarn's and pnpm's lock files, composer.json,
 * requirements files, pyproject.toml, go.mod, Cargo.toml and Gemfile. A source that is no version (an address, a path, another name) is part
 * of the name, for it can bring in anything. Null for other files; `unreadable` when it does not parse.
 */
export function dependenciesIn(path: string, text: string): string[] | "unreadable" | null {
  const file = path.split("/").at(-1)?.toLowerCase() ?? "";
  const reader = readers.find(({ name }) => name.test(file));
  if (reader === undefined) return null;
  try {
    return [...new Set(reader.read(text))].sort();
  } catch {
    // A manifest that its reader cannot read may name anything.
    return "unreadable";
  }
}

/** Those of a file after a change that were not in it before. An unreadable manifest is one new dependency, by its path. */
export function newDependencies(path: string, before: string | null, after: string | null): string[] {
  const now = after === null ? null : dependenciesIn(path, after);
  if (now === null) return [];
  if (now === "unreadable") return [`unreadable:${path}`];
  const then = before === null ? [] : dependenciesIn(path, before);
  const known = new Set(Array.isArray(then) ? then : []);
  return now.filter((one) => !known.has(one));
}

type Read = (text: string) => string[];

const sections = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
  "overrides",
  "resolutions",
];

const packageJson: Read = (text) => {
  const manifest = objectOf(JSON.parse(text));
  return sections.flatMap((section) =>
    Object.entries(objectOf(manifest[section] ?? {})).map(([name, spec]) => named("npm", name, spec)),
  );
};

/** A version says nothing new; an address, a path or an alias says where it really comes from. */
const named = (kind: string, name: string, spec: unknown): string =>
  typeof spec === "string" && /[:/]/.test(spec) ? `${kind}:${name}@${spec}` : `${kind}:${name}`;

const packageLock: Read = (text) =>
  Object.entries(objectOf(objectOf(JSON.parse(text))["packages"] ?? {})).flatMap(([key, entry]) => {
    const name = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(key)?.[1];
    if (name === undefined) return [];
    const { resolved } = objectOf(entry);
    const isElsewhere = typeof resolved === "string" && !/^https:\/\/registry\.npmjs\.org\//.test(resolved);
    return [isElsewhere ? `npm:${name}@${resolved}` : `npm:${name}`];
  });

const composer: Read = (text) => {
  const manifest = objectOf(JSON.parse(text));
  return ["require", "require-dev"].flatMap((section) =>
    Object.keys(objectOf(manifest[section] ?? {})).map((name) => `composer:${name}`),
  );
};

/** Every match of a pattern's first group on a line of its own. */
const lines =
  (kind: string, pattern: RegExp): Read =>
  (text) =>
    text.split(/\r?\n/).flatMap((line) => {
      const name = pattern.exec(line)?.[1];
      return name === undefined ? [] : [`${kind}:${name.trim().toLowerCase()}`];
    });

/** `name = …` inside the tables of a TOML file whose heading says dependencies; and the strings of a `dependencies = [ … ]`. */
const toml =
  (kind: string): Read =>
  (text) => {
    const state = { isInside: false, isList: false };
    return text
      .split(/\r?\n/)
      .flatMap((line) => tomlNames(line, state))
      .map((name) => `${kind}:${name.toLowerCase()}`);
  };

function tomlNames(line: string, state: { isInside: boolean; isList: boolean }): string[] {
  const heading = /^\s*\[+([^\]]+)\]+\s*(?:#.*)?$/.exec(line)?.[1];
  if (heading !== undefined && !state.isList) {
    state.isInside = /(?:^|\.)[\w-]*dependencies$/.test(heading.trim());
    const name = /dependencies\.["']?([A-Za-z0-9._-]+)/.exec(heading)?.[1];
    return name === undefined ? [] : [name];
  }
  const opens = /^\s*[\w-]*dependencies\s*=\s*\[/.test(line) || (state.isInside && /=\s*\[\s*$/.test(line));
  if (opens || state.isList) {
    state.isList = !/\]\s*(?:#.*)?$/.test(line);
    return [...line.matchAll(/["']([A-Za-z0-9][A-Za-z0-9._-]*)/g)].flatMap((match) => match[1] ?? []);
  }
  const key = /^\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)["']?\s*[=.]/.exec(line)?.[1];
  return state.isInside && key !== undefined ? [key] : [];
}

const readers: { name: RegExp; read: Read }[] = [
  { name: /^package\.json$/, read: packageJson },
  { name: /^(?:package-lock|npm-shrinkwrap)\.json$/, read: packageLock },
  { name: /^yarn\.lock$/, read: lines("npm", /^"?((?:@[^/@"]+\/)?[^@"\s#]+)@/) },
  { name: /^pnpm-lock\.yaml$/, read: lines("npm", /^ {2}'?\/?((?:@[^/@']+\/)?[^@/'\s:]+)[@/]\d/) },
  { name: /^composer\.json$/, read: composer },
  {
    name: /^requirements.*\.(?:txt|in)$/,
    read: lines("pypi", /^\s*((?:-e\s+\S+|[A-Za-z0-9][A-Za-z0-9._-]*(?:\s*@\s*\S+)?|(?:git\+|https?:)\S+))/),
  },
  { name: /^pyproject\.toml$/, read: toml("pypi") },
  { name: /^cargo\.toml$/, read: toml("crate") },
  {
    name: /^go\.mod$/,
    read: lines("go", /^\s*(?:require\s+|replace\s+)?([a-z0-9-]+(?:\.[a-z0-9-]+)+\/\S+)\s/i),
  },
  { name: /^gemfile$/, read: lines("gem", /^\s*gem\s+["']([^"']+)["']/) },
];

function objectOf(value: unknown): { [key: string]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("no map");
  return value as { [key: string]: unknown };
}
