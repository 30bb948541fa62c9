import type { Family } from "../../domain/symbols.ts";

/**
 * Whether a file that says it imports `from` can mean the file at `path`. Without the tools' own settings (aliases, source roots) a
 * dotted or slashed name means every path that ends with it.
 */
export function denotes(family: Family, from: string, importer: string, path: string): boolean {
  switch (family) {
    case "script":
      return from.startsWith(".") && moduleOf(path) === moduleOf(joined(folderOf(importer), from));
    case "python":
      return pythonDenotes(from, importer, path);
    case "java":
      return endsWith(path, `${from.replaceAll(".", "/")}.java`);
    case "c":
      return endsWith(path, from.replace(/^(?:\.{1,2}\/)+/, ""));
    case "rust":
    case "go":
    case "ruby":
      return false;
  }
}

const folderOf = (path: string): string => path.split("/").slice(0, -1).join("/");

const endsWith = (path: string, end: string): boolean => path === end || path.endsWith(`/${end}`);

/** `a/b.ts`, `a/b/index.js` and `a/b` are one module. */
const moduleOf = (path: string): string =>
  path.replace(/\.(?:d\.ts|[cm]?[jt]sx?)$/, "").replace(/(?:^|\/)index$/, "");

function joined(folder: string, relative: string): string {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function pythonDenotes(from: string, importer: string, path: string): boolean {
  const module = path.replace(/(?:\/__init__)?\.pyi?$/, "");
  const dots = /^\.*/.exec(from)?.[0].length ?? 0;
  const names = from
    .slice(dots)
    .split(".")
    .filter((name) => name !== "");
  if (dots === 0) return names.length > 0 && endsWith(module, names.join("/"));
  const folder = folderOf(importer)
    .split("/")
    .filter((part) => part !== "");
  const base = dots === 1 ? folder : folder.slice(0, 1 - dots);
  return module === [...base, ...names].join("/");
}

/** The word by which a file is imported, whatever stands before it. */
export function stemOf(path: string): string {
  const parts = path.replace(/\.[^./]+$/, "").split("/");
  const last = parts.at(-1) ?? path;
  return last === "index" || last === "__init__" ? (parts.at(-2) ?? last) : last;
}
