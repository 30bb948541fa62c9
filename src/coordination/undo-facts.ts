import type { ChangeRecord } from "../domain/change-record.ts";
import type { Sha } from "../domain/ids.ts";
import { isTestPath } from "../domain/test-path.ts";
import { isGenerated } from "./generated.ts";
import { linesByPath, type PathLines } from "./lines.ts";

/** Which paths are compared: all, those that people write, or tests. */
export type PathKind = "all" | "written" | "tests";

/** Paths, and non-trivial lines without what only moved. */
export interface Size {
  paths: number;
  added: number;
  removed: number;
}

/** What undo compares of a change: made once. */
export interface UndoFacts {
  lines: Map<string, PathLines>;
  /** A path that a rename vacates is deleted, its new path added. */
  blobs: Map<string, { before: Sha | null; after: Sha | null }>;
  /** Contents that it leaves behind, anywhere. */
  contents: Set<Sha | null>;
  /** Paths that people write; and tests. */
  written: Set<string>;
  tests: Set<string>;
  sizes: { [kind in PathKind]: Size };
  /** Something besides tests, documents and what tools write. */
  touchesCode: boolean;
  isTestsOnly: boolean;
}

/** What people write is compared, unless there is nothing of it. */
export const comparedAt = ({ written }: UndoFacts): PathKind => (written.size === 0 ? "all" : "written");

/** What is compared of a record. */
export function undoFacts(record: ChangeRecord): UndoFacts {
  const blobs: UndoFacts["blobs"] = new Map();
  for (const file of record.files) {
    if (file.from !== undefined) blobs.set(file.from, { before: file.before, after: null });
    blobs.set(file.path, { before: file.from === undefined ? file.before : null, after: file.after });
  }
  const lines = linesByPath(record);
  const paths = [...blobs.keys()];
  const written = new Set(paths.filter((path) => !isGenerated(path)));
  const tests = new Set(paths.filter(isTestPath));
  const contents = new Set<Sha | null>();
  for (const { after } of blobs.values()) contents.add(after);
  return {
    ...{ lines, blobs, contents, written, tests },
    sizes: { all: size(paths, lines), written: size(written, lines), tests: size(tests, lines) },
    touchesCode: paths.some((path) => written.has(path) && !tests.has(path) && !isDocument(path)),
    isTestsOnly: tests.size > 0 && tests.size === paths.length,
  };
}

const isDocument = (path: string): boolean => /\.(md|mdx|markdown|rst|txt|adoc|textile)$/i.test(path);

function size(paths: Iterable<string>, lines: Map<string, PathLines>): Size {
  const total: Size = { paths: 0, added: 0, removed: 0 };
  for (const path of paths) {
    const at = lines.get(path);
    total.paths += 1;
    total.added += at?.added.length ?? 0;
    total.removed += at?.removed.length ?? 0;
  }
  return total;
}
