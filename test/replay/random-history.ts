import { execFileSync } from "node:child_process";
import fc from "fast-check";

type Tree = Map<string, string>;

export type Step =
  | { do: "edit"; file: number; line: number; text: string }
  | { do: "add"; folder: number; name: number; text: string }
  | { do: "delete"; file: number }
  | { do: "move"; file: number; folder: number; name: number }
  | { do: "move-folder"; folder: number; to: number }
  | { do: "file-for-folder"; folder: number };

const folders = ["", "a/", "a/b/", "c/", "d/", "d/e/"];
const names = ["x", "y", "z"];
const index = fc.nat(20);
const word = fc.constantFrom("one", "two", "three", "four");

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("edit"), file: index, line: index, text: word }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("add"), folder: index, name: index, text: word }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("delete"), file: index }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("move"), file: index, folder: index, name: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("move-folder"), folder: index, to: index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("file-for-folder"), folder: index }) },
) as fc.Arbitrary<Step>;

const steps = fc.array(step, { minLength: 1, maxLength: 3 });

/** A target's line of landings, and changes in flight that began at its start. */
export const histories = fc.record({
  landings: fc.array(steps, { minLength: 3, maxLength: 6 }),
  tips: fc.array(steps, { minLength: 2, maxLength: 4 }),
});

/** Files long enough that git sees a moved and edited one as moved. */
const content = (path: string): string =>
  Array.from({ length: 12 }, (_, at) => `${path} has a line number ${at}\n`).join("");

const start: Tree = new Map(
  ["x", "a/x", "a/y", "a/b/x", "a/b/z", "c/x", "c/y", "d/e/x"].map((path) => [path, content(path)]),
);

const at = <T>(list: T[], n: number): T => list[n % list.length] as T;

function apply(tree: Tree, one: Step): Tree {
  const next = new Map(tree);
  if (one.do === "add") next.set(at(folders, one.folder) + at(names, one.name), content(`new ${one.text}`));
  else if (one.do === "move-folder" || one.do === "file-for-folder") changeFolder(next, one);
  else if (tree.size > 0) changeFile(next, one);
  return withoutClashes(next);
}

function changeFolder(tree: Tree, one: Step & { do: "move-folder" | "file-for-folder" }): void {
  const folder = at(folders.slice(1), one.folder);
  const inside = [...tree].filter(([path]) => path.startsWith(folder));
  for (const [path, text] of inside) {
    tree.delete(path);
    if (one.do === "move-folder")
      tree.set(`${at(["m/", "n/", "c/"], one.to)}${path.slice(folder.length)}`, text);
  }
  if (one.do === "file-for-folder" && inside.length > 0) tree.set(folder.slice(0, -1), "a file\n");
}

function changeFile(tree: Tree, one: Step & { do: "edit" | "delete" | "move" }): void {
  const path = at([...tree.keys()].sort(), one.file);
  const text = tree.get(path) ?? "";
  tree.delete(path);
  if (one.do === "move") tree.set(at(folders, one.folder) + at(names, one.name), text);
  if (one.do !== "edit") return;
  const lines = text.split("\n");
  lines[one.line % lines.length] = `${one.text} instead`;
  tree.set(path, lines.join("\n"));
}

/** A path cannot be a file and a folder. */
const withoutClashes = (tree: Tree): Tree =>
  new Map([...tree].filter(([path]) => ![...tree.keys()].some((other) => other.startsWith(`${path}/`))));

/** Writes it all with one process, and answers the commits. */
export function writeHistory(
  gitDir: string,
  { landings, tips }: { landings: Step[][]; tips: Step[][] },
): { line: string[]; tips: string[] } {
  const input: string[] = [];
  let mark = 0;
  const commit = (tree: Tree, parent: number | null): number => {
    mark += 1;
    input.push(`commit refs/heads/c${mark}\nmark :${mark}\ncommitter A <a@b.c> ${mark} +0000\ndata 0\n`);
    if (parent !== null) input.push(`from :${parent}\n`);
    input.push("deleteall\n");
    for (const [path, text] of tree)
      input.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`);
    return mark;
  };
  let tree = start;
  const line = [commit(tree, null)];
  for (const landing of landings) {
    tree = landing.reduce(apply, tree);
    line.push(commit(tree, line.at(-1) ?? null));
  }
  const heads = tips.map((tip) => commit(tip.reduce(apply, start), line[0] ?? null));
  const marks = `${gitDir}/marks`;
  execFileSync("git", ["--git-dir", gitDir, "fast-import", "--quiet", "--force", `--export-marks=${marks}`], {
    input: input.join(""),
  });
  const shas = new Map(
    execFileSync("cat", [marks], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((row) => [Number(row.slice(1).split(" ")[0]), row.split(" ")[1] ?? ""]),
  );
  const named = (one: number): string => shas.get(one) ?? "";
  return { line: line.map(named), tips: heads.map(named) };
}
