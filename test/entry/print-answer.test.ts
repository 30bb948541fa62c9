import { expect, test } from "vitest";
import type { Answer } from "../../src/domain/answer.ts";
import { commandUsages } from "../../src/domain/command-usages.ts";
import { printAnswer } from "../../src/entry/print-answer.ts";
import { decision, doing, lesson, stateText } from "../adapters/slack/samples.ts";

/** As it comes from a running process: times are texts then. */
const overTheDoor = (answer: Answer): Answer => JSON.parse(JSON.stringify(answer));

test("who is doing what, from the record itself and from a running process alike", () => {
  const text = printAnswer({ kind: "who", doing });

  expect(text).toMatchInlineSnapshot(`
    "Runs
      r-cccccccccc triage: invoice totals off by a cent (running, began 2026-11-24 07:12 UTC, owner alice)

    Claims
      path:shop:src/cart/total.js alone by triage (r-cccccccccc) until 2026-11-25 07:12 UTC: invoice totals off by a cent
      resource:env:staging shared by bob's claude-code until 2026-11-25 07:12 UTC, asked back by alice: tries the new checkout
      finding:f-cccccccccccc alone by triage (r-cccccccccc) until 2026-11-25 07:12 UTC: invoice totals off by a cent

    Open changes
      r-aaaaaaaaaa tidy: Trim blank lines (held, loom/tidy/r-aaaaaaaaaa): src/cart/total.js, src/cart/index.js

    Held for people
      h-aaaaaaaaaa tidy: Trim blank lines, for maintainers"
  `);
  expect(printAnswer(overTheDoor({ kind: "who", doing }))).toBe(text);
});

test("a claim of a run that waits has no end of its own, over the door too", () => {
  const claims = doing.claims.slice(0, 1).map((one) => ({ ...one, expiresAt: new Date("9999-12-31") }));
  const parked: Answer = { kind: "who", doing: { ...doing, claims } };

  for (const answer of [parked, overTheDoor(parked)])
    expect(printAnswer(answer)).toContain("alone by triage (r-cccccccccc) while it waits: invoice totals");
});

test("nobody at work is said", () => {
  const nobody = { about: "", runs: [], claims: [], changes: [], holds: [] };
  expect(printAnswer({ kind: "who", doing: nobody })).toBe("Nobody is at work.");
  expect(printAnswer({ kind: "who", doing: { ...nobody, about: "src" } })).toBe(
    "Nothing is under way for src.",
  );
});

test("a loop's state is its file's text", () => {
  expect(printAnswer({ kind: "state", loop: "triage", text: stateText })).toBe(stateText.trimEnd());
});

test("memory, with where each entry comes from", () => {
  const memory = { kind: "memory" as const, entries: [decision, lesson], isWhole: false };
  const text = printAnswer(memory);

  expect(text).toMatchInlineSnapshot(`
    "d-1a2b3c4d  decision: Round half to even in prices
        because   finance said so
        about     shop: src/pricing.js, test/pricing.test.js, roundPrice, test/pricing.test.js › rounds
        from      alice, 2026-11-24 07:12 UTC, message https://shop.slack.com/archives/C02/p1795504320000100; recalled 2 times, last 2026-11-25 07:12 UTC
    l-5e6f7a8b  lesson (withdrawn): The clock test fails on the last day of a month
        about     shop: everything
        from      triage, 2026-11-24 07:12 UTC, run r-cccccccccc; never recalled
    … only the newest are shown"
  `);
  expect(printAnswer(overTheDoor(memory))).toBe(text);
  expect(printAnswer({ kind: "memory", entries: [], isWhole: true })).toBe("Nothing is remembered yet.");
});

test("what came from outside cannot steer the terminal", () => {
  const entry = { ...decision, statement: "a\u001b[2Jb\u202ec" };
  expect(printAnswer({ kind: "memory", entries: [entry], isWhole: true })).toContain(": a[2Jbc\n");
});

test("the help stays in its columns", () => {
  const lines = printAnswer({ kind: "help", lines: [...commandUsages] }).split("\n");
  expect(lines).toContain("start <loop>                 let a loop run: now, and then at its times");
  expect(lines).toContain(
    "decide <statement> [because <reason>] [paths: a, b] [repository: name] [supersedes d-…]",
  );
  for (const line of lines) expect(line.length).toBeLessThan(100);
});
