import { expect, it } from "vitest";
import { mayCollide, touchKeys } from "../../src/coordination/overlap.ts";
import type { FileRecord } from "../../src/domain/change-record.ts";

const file = (path: string, status: FileRecord["status"], from?: string): FileRecord => ({
  path,
  ...(from === undefined ? {} : { from }),
  status,
  ...{ before: "b", after: "a", content: "text", hunks: [], added: [], removed: [] },
});

const meet = (left: FileRecord[], right: FileRecord[]): boolean => {
  const [one, other] = [touchKeys({ files: left }), touchKeys({ files: right })];
  expect(mayCollide(one, other)).toBe(mayCollide(other, one));
  return mayCollide(one, other);
};

it("changes of one file may collide, of two files in a folder not", () => {
  expect(meet([file("src/a.ts", "modified")], [file("src/a.ts", "modified")])).toBe(true);
  expect(meet([file("src/a.ts", "modified")], [file("src/b.ts", "modified")])).toBe(false);
  expect(meet([file("src/a.ts", "added")], [file("src/b.ts", "added")])).toBe(false);
});

it("a moved file is touched at both its names", () => {
  const moved = [file("lib/a.ts", "renamed", "src/a.ts")];
  expect(meet(moved, [file("src/a.ts", "modified")])).toBe(true);
  expect(meet(moved, [file("lib/a.ts", "added")])).toBe(true);
});

it("a new file may collide with whatever empties its folder, or a folder above", () => {
  const added = [file("src/deep/new.ts", "added")];
  expect(meet(added, [file("lib/a.ts", "renamed", "src/deep/a.ts")])).toBe(true);
  expect(meet(added, [file("src/a.ts", "deleted")])).toBe(true);
  expect(meet(added, [file("test/a.ts", "deleted")])).toBe(false);
  expect(meet([file("src/deep/new.ts", "modified")], [file("src/a.ts", "deleted")])).toBe(false);
});

it("a file may collide with a folder of its name", () => {
  expect(meet([file("src", "added")], [file("src/a.ts", "added")])).toBe(true);
  expect(meet([file("src", "deleted")], [file("src/a.ts", "added")])).toBe(true);
});
