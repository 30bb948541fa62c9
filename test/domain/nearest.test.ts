import fc from "fast-check";
import { expect, test } from "vitest";
import { nearest } from "../../src/domain/nearest.ts";

const commands = ["start", "stop", "status", "pause", "resume"];

test.each([
  ["strat", "start"],
  ["stpo", "stop"],
  ["Statsu", "status"],
  ["resum", "resume"],
  ["pauuse", "pause"],
])("takes %s for %s", (typed, meant) => {
  expect(nearest(typed, commands)).toBe(meant);
});

test.each(["", "x", "deploy", "a".repeat(10_000)])("takes %s for nothing", (typed) => {
  expect(nearest(typed, commands)).toBeUndefined();
});

test("answers only with a candidate", () => {
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (word, candidates) => {
      const answer = nearest(word, candidates);
      expect(answer === undefined || candidates.includes(answer)).toBe(true);
    }),
  );
});

test("finds an exact candidate whatever else there is", () => {
  fc.assert(
    fc.property(
      fc.stringMatching(/^[a-z]{2,20}$/),
      fc.array(fc.stringMatching(/^[a-z]{2,20}$/)),
      (word, others) => {
        expect(nearest(word, [...others, word])).toBe(word);
      },
    ),
  );
});
