import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

export interface Compiled {
  dir: string;
  /** What a child process imports, for a file's path below `src/`. */
  url: (source: string) => string;
  remove: () => void;
}

/** JavaScript of a part of `src/`, in a package of its own: for child processes, which cannot read TypeScript. */
export function compile(...parts: string[]): Compiled {
  const root = resolve(import.meta.dirname, "../..");
  const dir = mkdtempSync(join(tmpdir(), "loom-compiled-"));
  writeFileSync(join(dir, "package.json"), '{"type":"module"}');
  for (const name of ["node_modules", "drizzle"]) symlinkSync(join(root, name), join(dir, name));
  for (const part of ["ports.ts", "ports", "domain", ...parts])
    for (const source of sourcesIn(join(root, "src"), part))
      emit(join(root, "src", source), emitted(dir, source));
  return {
    dir,
    url: (source) => pathToFileURL(emitted(dir, source)).href,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

const emitted = (dir: string, source: string): string => join(dir, "dist", source.replace(/[.]ts$/, ".js"));

const sourcesIn = (src: string, part: string): string[] =>
  part.endsWith(".ts")
    ? [part]
    : readdirSync(join(src, part), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => join(part, name));

function emit(source: string, target: string): void {
  const { outputText } = ts.transpileModule(readFileSync(source, "utf8"), {
    fileName: source,
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}
