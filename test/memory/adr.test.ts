import { expect, test } from "vitest";
import { parseAdr } from "../../src/memory/adr.ts";

test("an accepted record in Nygard's form is a decision about the whole repository", () => {
  const text =
    "# 7. Use UTC everywhere\n\n## Status\n\nAccepted\n\n## Decision\n\nAll times are stored\nin UTC.\n\n## Consequences\n\nNone.\n";

  expect(parseAdr(text)).toEqual({
    title: "Use UTC everywhere",
    reason: "All times are stored in UTC.",
    paths: [],
  });
});

test("front matter bounds a record to paths", () => {
  const text =
    '---\nstatus: accepted\npaths: ["src/pricing.js", src/tax/]\n---\n# ADR-3: Round half to even\n';

  expect(parseAdr(text)).toEqual({
    title: "Round half to even",
    reason: "",
    paths: ["src/pricing.js", "src/tax/"],
  });
});

test.each([
  "# Title\n\n## Status\n\nProposed\n",
  "# Title\n\n## Status\n\nSuperseded by 9\n",
  "no title",
  "# Title without status\n",
])("a record that is not accepted is none: %j", (text) => {
  expect(parseAdr(text)).toBeNull();
});
