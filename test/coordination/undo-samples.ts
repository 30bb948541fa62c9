import type { ChangeRecord, FileRecord } from "../../src/domain/change-record.ts";

/** One file of a change, by its lines' hashes. */
export interface FileSample {
  added?: number[];
  removed?: number[];
  before?: string | null;
  after?: string | null;
  from?: string;
}

/** A blob's name of its own, unless it is told. */
let blobs = 0;
const fresh = (): string => {
  blobs += 1;
  return `blob${blobs}`;
};

export function recordOf(files: { [path: string]: FileSample }): ChangeRecord {
  return {
    ...{ base: "b", head: "h", weaker: [] },
    files: Object.entries(files).map(
      ([path, { added = [], removed = [], from, before, after }]): FileRecord => {
        const blobsOf = {
          before: before === undefined ? fresh() : before,
          after: after === undefined ? fresh() : after,
        };
        return {
          ...{ path, status: from === undefined ? "modified" : "renamed", content: "text", hunks: [] },
          ...{ ...(from === undefined ? {} : { from }), ...blobsOf, added, removed },
        };
      },
    ),
  };
}

/** What takes the change back. With `blobs`, the contents are again what they were; else the files have gone on. */
export function inverseOf(record: ChangeRecord, { blobs }: { blobs: boolean }): ChangeRecord {
  return {
    ...record,
    files: record.files.map(({ path, from, before, after, added, removed, ...rest }) => ({
      ...{ ...rest, path: from ?? path, ...(from === undefined ? {} : { from: path }) },
      ...(blobs ? { before: after, after: before } : { before: fresh(), after: fresh() }),
      ...{ added: removed, removed: added },
    })),
  };
}

/** Numbers that stand for `count` lines of their own. */
export const linesFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);
