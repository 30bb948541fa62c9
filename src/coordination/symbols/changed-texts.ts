import type { ChangeRecord, FileRecord, Hunk } from "../../domain/change-record.ts";
import type { Sha } from "../../domain/ids.ts";
import { type Family, type FileSymbols, familyOf, type LineRange } from "../../domain/symbols.ts";
import type { Sources, Symbols } from "../../ports/symbols.ts";

/** Of one change at most so many files are looked into, files of at most so many bytes, and so many bytes in all (about 400 MB). */
const filesMax = 10_000;
const bytesMax = 2_000_000;
const allBytesMax = 400_000_000;
/** So many are read at once. */
const batchMax = 250;

/** A source file that a change touches: its text on both sides, and its symbols, read when they are asked for. */
export interface ChangedText {
  /** `from` is where it was before: the same as `path` but for a rename. */
  path: string;
  from: string;
  family: Family;
  status: FileRecord["status"];
  before: string[];
  after: string[];
  textAfter: string;
  isDeleted: boolean;
  isNew: boolean;
  hunks: Hunk[];
  /** Lines that are new, without those that only moved; and lines that are no more. */
  added: Set<number>;
  removed: Set<number>;
  symbolsBefore(): Promise<FileSymbols | null>;
  /** With references on the added lines only. */
  symbolsAfter(): Promise<FileSymbols | null>;
}

export interface ChangedTexts {
  head: Sha;
  called: string;
  files: ChangedText[];
  weaker: string[];
}

/** The texts of a change's source files, in one reading. What cannot be read is left out, and said. */
export async function changedTexts(
  { record, called }: { record: ChangeRecord; called: string },
  from: { symbols: Symbols; sources: Sources },
): Promise<ChangedTexts> {
  const all = record.files.filter((file) => file.content === "text" && familyOf(file.path) !== null);
  const files = await readTexts(all.slice(0, filesMax), record, from.sources);
  const weaker = [...record.weaker];
  if (files.length < all.length)
    weaker.push(`${called}: of ${all.length} source files, the first ${files.length} were looked into`);
  const moved = new Set<string>();
  const read = files.flatMap(({ file, before, after }) => {
    if (before === null || after === null) {
      weaker.push(`${called}: ${file.path} is too large or missing, and was not looked into`);
      return [];
    }
    const lines = { before: linesOf(before), after: linesOf(after) };
    const removed = numbersOf(file, "old", lines.before.length);
    for (const line of removed) moved.add(lines.before[line - 1]?.trim() ?? "");
    return [{ file, before, after, lines, removed }];
  });
  return {
    head: record.head,
    called,
    weaker,
    files: read.map(({ file, before, after, lines, removed }) => {
      const added = numbersOf(file, "new", lines.after.length).filter(
        (line) => !moved.has(lines.after[line - 1]?.trim() ?? ""),
      );
      const sides = { ...lines, textAfter: after, removed: new Set(removed), added: new Set(added) };
      return changedText(file, sides, (side) =>
        side === "before"
          ? from.symbols.read(file.from ?? file.path, before, { references: [] })
          : from.symbols.read(file.path, after, { references: rangesOf(added) }),
      );
    }),
  };
}

/** Both sides of the files in their order, as many as fit into memory; null for a side that is too large or missing. */
async function readTexts(
  files: FileRecord[],
  { base, head }: ChangeRecord,
  sources: Sources,
): Promise<{ file: FileRecord; before: string | null; after: string | null }[]> {
  const read: { file: FileRecord; before: string | null; after: string | null }[] = [];
  let bytes = 0;
  for (let at = 0; at < files.length && bytes < allBytesMax; at += batchMax) {
    const batch = files.slice(at, at + batchMax);
    const wishes = batch.flatMap((file) => [
      ...(file.before === null ? [] : [{ at: base, path: file.from ?? file.path }]),
      ...(file.after === null ? [] : [{ at: head, path: file.path }]),
    ]);
    const texts = (await sources.readAll(wishes, bytesMax)).values();
    for (const file of batch) {
      const before = file.before === null ? "" : textOf(texts.next().value);
      const after = file.after === null ? "" : textOf(texts.next().value);
      bytes += (before?.length ?? 0) + (after?.length ?? 0);
      read.push({ file, before, after });
    }
  }
  return read;
}

type Sides = Pick<ChangedText, "before" | "after" | "textAfter" | "added" | "removed">;

function changedText(
  file: FileRecord,
  sides: Sides,
  read: (side: "before" | "after") => Promise<FileSymbols | null>,
): ChangedText {
  const family = familyOf(file.path);
  if (family === null) throw new Error(`comparing ${file.path}: no grammar for it was promised`);
  return {
    ...{
      path: file.path,
      from: file.from ?? file.path,
      family,
      status: file.status,
      hunks: file.hunks,
      ...sides,
    },
    ...{ isDeleted: file.after === null, isNew: file.before === null },
    symbolsBefore: once(() => read("before")),
    symbolsAfter: once(() => read("after")),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A missing file at a commit that a record names is a damaged or partial repository. */
const textOf = (bytes: Buffer | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : bytes.toString("utf8");

const linesOf = (text: string): string[] =>
  text === "" ? [] : text.split(text.includes("\r\n") ? /\r?\n/ : "\n");

function numbersOf(file: FileRecord, side: "old" | "new", lines: number): number[] {
  const numbers: number[] = [];
  for (const hunk of file.hunks) {
    const [start, count] = side === "old" ? [hunk.oldStart, hunk.oldLines] : [hunk.newStart, hunk.newLines];
    for (let line = start; line < start + count && line <= lines; line += 1) numbers.push(line);
  }
  return numbers;
}

function rangesOf(numbers: number[]): LineRange[] {
  const ranges: LineRange[] = [];
  for (const line of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && line <= last.last + 1) last.last = line;
    else ranges.push({ first: line, last: line });
  }
  return ranges;
}
