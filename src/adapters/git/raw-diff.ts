import type { ChangedFile } from "../../domain/change.ts";
import type { Sha } from "../../domain/ids.ts";
import type { RawPath } from "./path-text.ts";

/** One record of `--raw -z`. Modes are git's octal words; a blob id is null where there is no file. */
export interface RawChange {
  status: string;
  path: RawPath;
  from?: RawPath;
  beforeMode: string;
  afterMode: string;
  before: Sha | null;
  after: Sha | null;
}

const record = /^\n?:(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([A-Z])\d*$/;

export const isRawRecord = (field: string): boolean => record.test(field);

/** Reads the record at `at`: paths are taken by position, so that no name can be read as a record. */
export const readRawRecord = (fields: string[], at: number): { change: RawChange; next: number } => {
  const [, beforeMode = "", afterMode = "", before = "", after = "", status = ""] =
    record.exec(fields[at] ?? "") ?? [];
  const first = fields[at + 1] ?? "";
  const isMove = status === "R" || status === "C";
  const change: RawChange = {
    ...{ status, beforeMode, afterMode, before: present(before), after: present(after) },
    path: isMove ? (fields[at + 2] ?? "") : first,
    ...(status === "R" ? { from: first } : {}),
  };
  return { change, next: at + (isMove ? 3 : 2) };
};

const present = (sha: Sha): Sha | null => (/^0+$/.test(sha) ? null : sha);

/** Reads all records that `fields` begins with; `next` is the first field behind them. */
export const readRawRecords = (fields: string[]): { changes: RawChange[]; next: number } => {
  const changes: RawChange[] = [];
  let next = 0;
  while (isRawRecord(fields[next] ?? "")) {
    const read = readRawRecord(fields, next);
    changes.push(read.change);
    next = read.next;
  }
  return { changes, next };
};

export const statusOf = (status: string): ChangedFile["status"] => {
  if (status === "A" || status === "C") return "added";
  if (status === "D") return "deleted";
  if (status === "R") return "renamed";
  return status === "T" ? "type-changed" : "modified";
};

export interface LineCount {
  added: number;
  removed: number;
  isBinary: boolean;
}

/** Reads `--numstat -z` from `at`: line counts by the path after the change. */
export const readNumstat = (fields: string[], at: number): Map<RawPath, LineCount> => {
  const counts = new Map<RawPath, LineCount>();
  for (let next = at; next < fields.length; ) {
    const match = /^(-|\d+)\t(-|\d+)\t(.*)$/s.exec(fields[next] ?? "");
    if (match === null) break;
    const [, added = "", removed = "", path = ""] = match;
    const isBinary = added === "-";
    // A rename has an empty path here, and its two paths in the next two fields.
    const isMove = path === "";
    counts.set(isMove ? (fields[next + 2] ?? "") : path, {
      isBinary,
      added: isBinary ? 0 : Number(added),
      removed: isBinary ? 0 : Number(removed),
    });
    next += isMove ? 3 : 1;
  }
  return counts;
};
