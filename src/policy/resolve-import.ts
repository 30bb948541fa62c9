import { languageOf } from "./imports.ts";

/** What the files of a repository say about where names lead. */
export interface Layout {
  files: ReadonlySet<string>;
  /** Files by their folder. */
  folders: ReadonlyMap<string, string>;
  /** Packages of a workspace and aliases of tsconfig: a name, and the folder that it stands for. `@/*` ends in a star. */
  names: ReadonlyMap<string, string>;
  /** The module's name in go.mod. */
  goModule: string | null;
}

const endings = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".json"];
const indexes = ["/index.ts", "/index.tsx", "/index.js", "/index.mjs", "/src/index.ts", "/src/index.js"];

export function layoutOf(paths: string[], manifests: { path: string; text: string }[]): Layout {
  const folders = new Map<string, string>();
  for (const path of paths) {
    const folder = dirOf(path);
    if (!folders.has(folder)) folders.set(folder, path);
  }
  const goMod = manifests.find((one) => one.path === "go.mod")?.text ?? "";
  return {
    files: new Set(paths),
    folders,
    names: new Map(manifests.flatMap(namesIn)),
    goModule: /^module\s+(\S+)/m.exec(goMod)?.[1] ?? null,
  };
}

/** Files that tell where names lead. */
export const isLayoutFile = (path: string): boolean =>
  /^(?:go\.mod|[tj]sconfig(?:\.base)?\.json)$/.test(path) || /(?:^|\/)package\.json$/.test(path);

function namesIn({ path, text }: { path: string; text: string }): [string, string][] {
  if (!path.endsWith(".json")) return [];
  try {
    const value = JSON.parse(path.endsWith("package.json") ? text : plainJson(text));
    if (path.endsWith("package.json"))
      return typeof value.name === "string" ? [[value.name, dirOf(path)]] : [];
    const base = value.compilerOptions?.baseUrl ?? ".";
    const aliases: [string, string[]][] = Object.entries(value.compilerOptions?.paths ?? {});
    return aliases.flatMap(([alias, targets]): [string, string][] => {
      const to = targets[0];
      return typeof to === "string" ? [[alias, normal(`${base}/${to}`)]] : [];
    });
  } catch {
    // A file that does not parse names nothing; its imports stay unresolved, as they do for the language's own tools.
    return [];
  }
}

/** Without the comments, and the commas too many, that tsconfig may have. */
const plainJson = (text: string): string =>
  text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, "$1").replace(/,(\s*[}\]])/g, "$1");

/** The file that an import of `from` leads to, or null for what is not in the repository. */
export function resolveImport(specifier: string, from: string, layout: Layout): string | null {
  switch (languageOf(from)) {
    case "js":
      return jsFile(specifier, from, layout);
    case "python":
      return pythonFile(specifier, from, layout);
    case "go":
      return goFile(specifier, layout);
    case "java":
      return javaFile(specifier, layout);
    case undefined:
      return null;
  }
}

function jsFile(specifier: string, from: string, layout: Layout): string | null {
  const plain = specifier.replace(/[?#].*$/, "");
  if (plain.startsWith(".")) return existing(normal(`${dirOf(from)}/${plain}`), layout);
  for (const [name, folder] of layout.names) {
    if (name.endsWith("*")) {
      const start = name.slice(0, -1);
      if (plain.startsWith(start))
        return existing(normal(folder.replace("*", plain.slice(start.length))), layout);
    } else if (plain === name || plain.startsWith(`${name}/`)) {
      const inside = normal(`${folder}/${plain.slice(name.length)}`);
      return existing(inside, layout) ?? layout.folders.get(folder) ?? normal(`${folder}/package.json`);
    }
  }
  return null;
}

function existing(path: string, { files, folders }: Layout): string | null {
  const bare = path.replace(/\.[cm]?jsx?$/, "");
  const candidates = [path, bare].flatMap((one) =>
    [...endings, ...indexes].map((ending) => `${one}${ending}`),
  );
  return candidates.find((one) => files.has(one)) ?? folders.get(path) ?? null;
}

function pythonFile(specifier: string, from: string, { files }: Layout): string | null {
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
  const rest = specifier.slice(dots).replaceAll(".", "/");
  let folder = dirOf(from);
  for (let up = 1; up < dots; up += 1) folder = dirOf(folder);
  const ancestors = folder.split("/").map((_, at, all) => all.slice(0, all.length - at).join("/"));
  const roots = dots > 0 ? [folder] : [...ancestors, "", "src", "lib"];
  const candidates = roots.flatMap((root) =>
    [`${rest}.py`, `${rest}/__init__.py`].map((file) => normal(`${root}/${file}`)),
  );
  return candidates.find((one) => files.has(one)) ?? null;
}

function goFile(specifier: string, { folders, goModule }: Layout): string | null {
  if (goModule === null || !(specifier === goModule || specifier.startsWith(`${goModule}/`))) return null;
  return folders.get(specifier.slice(goModule.length + 1)) ?? null;
}

function javaFile(specifier: string, { files, folders }: Layout): string | null {
  const path = specifier.replaceAll(".", "/");
  for (const file of files) if (file.endsWith(`${path}.java`) || file.endsWith(`${path}.kt`)) return file;
  for (const [folder, first] of folders) if (folder === path || folder.endsWith(`/${path}`)) return first;
  return null;
}

const dirOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
