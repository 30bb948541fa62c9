import type { Sha } from "../../domain/ids.ts";
import type { Import } from "../../domain/symbols.ts";
import type { Sources } from "../../ports/symbols.ts";
import type { ChangedText } from "./changed-texts.ts";
import type { Comparison } from "./comparison.ts";
import { denotes, stemOf } from "./denotes.ts";
import type { Clash, ClashUse } from "./evidence.ts";

const variantBytesMax = 5_000_000;
const importLike = /\b(?:import|require|from|include)\b/;

/** Files that are gone: the changer deleted or moved them, and the user newly imports them from where they were. */
export async function goneModules({ changer, user, sources }: Comparison): Promise<Clash[]> {
  const lost = changer.files.filter((file) => file.isDeleted || file.from !== file.path);
  if (lost.length === 0) return [];
  const clashes: Clash[] = [];
  for (const file of user.files) {
    const named = lost.filter((one) => one.family === file.family && isNamed(file, stemOf(one.from)));
    if (named.length === 0) continue;
    const imports = ((await file.symbolsAfter())?.imports ?? []).filter((one) =>
      file.added.has(one.lastLine),
    );
    for (const one of imports) {
      const means = (path: string) => denotes(file.family, one.from, file.path, path);
      const gone = named.find((other) => means(other.from));
      const isThere = [...changer.files, ...user.files].some((other) => stands(other, means));
      if (gone === undefined || isThere || (await hasVariant(gone, changer.head, sources))) continue;
      const did = gone.isDeleted ? "deleted" : `moved to ${gone.path}`;
      clashes.push({
        name: one.from,
        how: "gone",
        evidence: `${changer.called} ${did} ${gone.from}; ${user.called} imports it at ${file.path}:${one.line}; after the merge it is not there.`,
        paths: [gone.path, file.path],
        uses: [useOf(file, one)],
      });
    }
  }
  return clashes;
}

const useOf = (file: ChangedText, one: Import): ClashUse => ({
  ...{ path: file.path, text: file.after[one.line - 1] ?? "", name: one.from },
  ...{ isMember: true, argumentCount: null },
});

/** Whether a new line of the file looks like an import of it: only then is it worth a parse. */
const isNamed = (file: ChangedText, stem: string): boolean =>
  [...file.added].some((line) => {
    const text = file.after[line - 1] ?? "";
    return importLike.test(text) && text.includes(stem);
  });

async function hasVariant(gone: ChangedText, at: Sha, sources: Sources): Promise<boolean> {
  const found = await sources.readAll(
    variantsOf(gone).map((path) => ({ at, path })),
    variantBytesMax,
  );
  return found.some((bytes) => bytes !== null);
}

const stands = (file: ChangedText, means: (path: string) => boolean): boolean =>
  !file.isDeleted && (file.isNew || file.from !== file.path) && means(file.path);

/** Where else the same module could be; the old path itself, when the deletion was of something else. */
function variantsOf({ family, from }: ChangedText): string[] {
  if (family === "python") {
    const module = from.replace(/(?:\/__init__)?\.pyi?$/, "");
    return [`${module}.py`, `${module}/__init__.py`, `${module}.pyx`, `${module}.pyi`];
  }
  if (family !== "script") return [from];
  const module = from.replace(/\.(?:d\.ts|[cm]?[jt]sx?)$/, "").replace(/\/index$/, "");
  const ends = ["ts", "tsx", "d.ts", "js", "jsx", "mjs", "cjs", "json", "vue", "svelte"];
  return ends.flatMap((end) => [`${module}.${end}`, `${module}/index.${end}`]);
}
