import { describe, expect, it } from "vitest";
import { conflictId, findingId, holdDigest } from "../../src/trace/fingerprint.ts";

const idOf = (message: string) => findingId("shop", "test-failed", "test/a › b", message);

describe("a finding's fingerprint", () => {
  it.each([
    ["line and column", "at src/a.ts:10:5 expected 1", "at src/a.ts:99:17 expected 1"],
    ["a line alone", "test_a.py:12: AssertionError", "test_a.py:48: AssertionError"],
    ["a line in words", 'File "a.py", line 12, in b', 'File "a.py", line 48, in b'],
    ["times", "at 2026-03-02T10:00:00Z: no", "at 2027-04-05T11:22:33.444+01:00: no"],
    ["durations", "timed out after 5000ms", "timed out after 5012ms"],
    ["addresses", "object 0xdeadbeef", "object 0x1234"],
    ["ids", "no user 3f2504e0-4f89-41d3-9a0c-0305e82c3301", "no user 00000000-0000-0000-0000-000000000000"],
    ["ports", "connect ECONNREFUSED 127.0.0.1:43211", "connect ECONNREFUSED 127.0.0.1:39999"],
    ["whitespace", "a\n  b", "a b"],
  ])("is the same when only %s differ", (_what, one, other) => {
    expect(idOf(one)).toBe(idOf(other));
  });

  it("differs for another repository, rule, test or failure", () => {
    const ids = [
      idOf("expected 1 to be 2"),
      idOf("expected 1 to be 3"),
      findingId("shop", "test-failed", "test/a › c", "expected 1 to be 2"),
      findingId("shop", "other", "test/a › b", "expected 1 to be 2"),
      findingId("store", "test-failed", "test/a › b", "expected 1 to be 2"),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => /^f-[0-9a-f]{12}$/.test(id))).toBe(true);
  });

  it("cannot be made alike by moving a border between its parts", () => {
    expect(findingId("a", "b", "c d")).not.toBe(findingId("a", "b c", "d"));
    expect(holdDigest("ab", "c")).not.toBe(holdDigest("a", "bc"));
    expect(conflictId("undo", "a", "b")).not.toBe(conflictId("undo", "b", "a"));
  });
});
