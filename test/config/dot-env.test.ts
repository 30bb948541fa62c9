import fc from "fast-check";
import { expect, test } from "vitest";
import { readDotEnv } from "../../src/config/dot-env.ts";

test("reads values, quotes and comments", () => {
  const text = `\uFEFF# The bot
SLACK_BOT_TOKEN=xoxb-1
export PORT = 3000   # the door
EMPTY=
SINGLE='a # "b" $HOME' # why
DOUBLE="a\\n\\"b\\" \\\\ $HOME"
DATABASE_URL=postgres://a:b@c/d?x=y#z\r
`;

  expect(readDotEnv(text)).toEqual({
    kind: "valid",
    values: {
      SLACK_BOT_TOKEN: "xoxb-1",
      PORT: "3000",
      EMPTY: "",
      SINGLE: 'a # "b" $HOME',
      DOUBLE: 'a\n"b" \\ $HOME',
      DATABASE_URL: "postgres://a:b@c/d?x=y#z",
    },
  });
});

test("names every wrong line and repeats no value", () => {
  const read = readDotEnv('A=one secret\nB="secret\nsecret\nC=1\nC=secret\n1D=secret', "team/.env");

  expect(read).toEqual({
    kind: "refused",
    problems: [
      expect.stringContaining("team/.env:1: the value of A is not understood; write KEY=value"),
      expect.stringContaining("team/.env:2: the value of B is not understood"),
      expect.stringContaining("team/.env:3: is not understood"),
      "team/.env:5: C stands here for the second time; keep one",
      expect.stringContaining("team/.env:6: is not understood"),
    ],
  });
  expect(JSON.stringify(read)).not.toContain("secret");
});

test("a value in single quotes comes back as it was", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }).filter((value) => !/['\r\n]/.test(value)),
      (value) => {
        expect(readDotEnv(`KEY='${value}'`)).toEqual({ kind: "valid", values: { KEY: value } });
      },
    ),
    { examples: [["\u2028"]] },
  );
});
