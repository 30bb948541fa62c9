import fc from "fast-check";
import { expect, test } from "vitest";
import { splitCommand } from "../../src/config/argv.ts";

test.each([
  ["npm test", ["npm", "test"]],
  ["  npm   run  lint  ", ["npm", "run", "lint"]],
  ["node --test 'a b' \"c d\"", ["node", "--test", "a b", "c d"]],
  ["a''b", ["ab"]],
  ["x ''", ["x", ""]],
  ["grep 'a|b && $HOME *'", ["grep", "a|b && $HOME *"]],
  ['npm test -- --grep "a (b|c)"', ["npm", "test", "--", "--grep", "a (b|c)"]],
  ['say "a \\"b\\" \\$c"', ["say", 'a "b" $c']],
  ["say a\\ b \\*", ["say", "a b", "*"]],
  ["git diff HEAD~1", ["git", "diff", "HEAD~1"]],
  ["claude -p {prompt}", ["claude", "-p", "{prompt}"]],
  ["pytest test_a.py::test[x]", ["pytest", "test_a.py::test[x]"]],
])("splits %s", (text, argv) => {
  expect(splitCommand(text)).toEqual({ kind: "valid", value: argv });
});

test.each([
  ["npm ci && npm test", '"&"'],
  ["npm test | tee log", '"|"'],
  ["npm test > log", '">"'],
  ["npm test; true", '";"'],
  ["echo $HOME", '"$"'],
  ['echo "$HOME"', '"$"'],
  ["echo `date`", '"`"'],
  ["ls *.js", '"*"'],
  ["ls a?", '"?"'],
  ["~/bin/test", '"~"'],
  ["(npm test)", '"("'],
  ["npm test # all", '"#"'],
  ["! npm test", '"!"'],
  ["npm\ntest", "a line break"],
])("refuses %s, which only a shell understands", (text, sign) => {
  expect(splitCommand(text)).toEqual({
    kind: "refused",
    reason: `uses ${sign}, which only a shell understands; put it in a script and name the script, or put it in single quotes`,
  });
});

test.each([
  ["", "names no program"],
  ["''", "names no program"],
  ["npm 'test", "opens a ' and never closes it"],
  ['npm "test', 'opens a " and never closes it'],
  ["npm \\", "ends with a \\"],
  ["--test", "begins with the option"],
  ["CI=1 npm test", 'begins with the assignment "CI=1"'],
  ["npm 'a\0b'", "contains a NUL character"],
  [`npm ${"a ".repeat(500)}`, "has 501 words; at most 200 are allowed"],
])("refuses %j", (text, reason) => {
  expect(splitCommand(text)).toMatchObject({ kind: "refused", reason: expect.stringContaining(reason) });
});

test("any words in single quotes come back as they were", () => {
  const word = fc.string({ maxLength: 30 }).filter((text) => !/['\0]/.test(text));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 10 }), (words) => {
      const argv = ["program", ...words];
      expect(splitCommand(argv.map((one) => `'${one}'`).join(" "))).toEqual({ kind: "valid", value: argv });
    }),
  );
});

test("ends on any text", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("'", '"', "\\", " ", "a", "$", "\n", "|"), maxLength: 60 }),
      (text) => {
        expect(["valid", "refused"]).toContain(splitCommand(text).kind);
      },
    ),
  );
});
