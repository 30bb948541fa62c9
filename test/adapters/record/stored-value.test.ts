import fc from "fast-check";
import { expect, it } from "vitest";
import { decodeValue, encodeValue, storableText } from "../../../src/adapters/record/stored-value.ts";

it("gives plain values back as they were, dates and keys with a dollar included", () => {
  const date = fc.date({ noInvalidDate: true });
  const leaf = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean(), fc.constant(null), date);
  const key = fc.oneof(fc.string(), fc.constantFrom("$date", "$$date", "__proto__", "then"));
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value")), fc.dictionary(key, tie("value"))),
  }));
  fc.assert(
    fc.property(value, (given) => {
      expect(decodeValue(encodeValue(given))).toEqual(given);
    }),
  );
});

it("leaves nothing in a text that Postgres refuses, and everything else as it is", () => {
  expect(storableText("a\0b\uD800c\uDFFF")).toBe("a\uFFFDb\uFFFDc\uFFFD");
  expect(storableText("ä 👍 \n")).toBe("ä 👍 \n");
  expect(encodeValue({ "a\0": ["\0"], gone: undefined })).toBe('{"a\uFFFD":["\uFFFD"]}');
});
