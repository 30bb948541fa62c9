import type { ChangeRecord, FileRecord } from "../../domain/change-record.ts";

/** A line's hash takes about 17 bytes of the row, so that one is 3 MB at most. */
const linesMax = 150_000;
const filesMax = 10_000;

/** A record that a row can hold: of the largest files only the content ids stay, and `weaker` says so. */
export function boundRecord(record: ChangeRecord): ChangeRecord {
  const bySize = [...record.files].sort((a, b) => sizeOf(a) - sizeOf(b));
  const whole = new Set<FileRecord>();
  let lines = 0;
  for (const file of bySize) {
    lines += sizeOf(file);
    if (lines > linesMax) break;
    whole.add(file);
  }
  const files = record.files.slice(0, filesMax);
  const cut = files.filter((file) => !whole.has(file));
  const left = record.files.length - files.length;
  if (cut.length === 0 && left === 0) return record;
  return {
    ...record,
    files: files.map((file) => (whole.has(file) ? file : withoutLines(file))),
    weaker: [
      ...record.weaker,
      ...(cut.length === 0
        ? []
        : [`Too large to keep line by line: ${shown(cut)}; only content ids are kept.`]),
      ...(left === 0 ? [] : [`${left} of ${record.files.length} files are not kept: too many.`]),
    ],
  };
}

const sizeOf = ({ added, removed, hunks }: FileRecord): number =>
  added.length + removed.length + 3 * hunks.length;

const withoutLines = (file: FileRecord): FileRecord => ({
  ...file,
  content: file.content === "text" ? "unread" : file.content,
  hunks: [],
  added: [],
  removed: [],
});

const shown = (files: FileRecord[]): string =>
  files.length > 3 ? `${files.length} files` : files.map((file) => file.path).join(", ");
