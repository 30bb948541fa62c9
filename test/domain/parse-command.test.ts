import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commandUsages } from "../../src/domain/command-usages.ts";
import { parseCommand } from "../../src/domain/parse-command.ts";

const known = { loops: ["triage", "tidy", "flaky-tests"] };
const commandOf = (text: string) => {
  const parsed = parseCommand(text, known);
  return parsed.kind === "command" ? parsed.command : parsed.message;
};

describe("a command is understood", () => {
  test.each([
    ["start triage", { kind: "start", loop: "triage" }],
    ["  START   Triage ", { kind: "start", loop: "triage" }],
    ["<@U01BOT> start triage", { kind: "start", loop: "triage" }],
    ["<@U01BOT|loom>: stop tidy.", { kind: "stop", loop: "tidy" }],
    ["/loom start `triage`", { kind: "start", loop: "triage" }],
    ["loom start “triage”", { kind: "start", loop: "triage" }],
    ["start #triage", { kind: "start", loop: "triage" }],
    ["start <#C01|triage>", { kind: "start", loop: "triage" }],
    ["start &lt;triage&gt;", { kind: "start", loop: "triage" }],
    ["pause", { kind: "pause", loop: "everything", why: "" }],
    ["pause all", { kind: "pause", loop: "everything", why: "" }],
    ["stop-all", { kind: "pause", loop: "everything", why: "" }],
    ["stop-all because the shop is down", { kind: "pause", loop: "everything", why: "the shop is down" }],
    ["pause triage because: “it is loud”", { kind: "pause", loop: "triage", why: "it is loud" }],
    ["freeze until monday 07:00", { kind: "freeze", zone: null, until: "monday 07:00", why: "" }],
    [
      "freeze money until 2026-12-24 08:00 because of the audit, because they asked",
      { kind: "freeze", zone: "money", until: "2026-12-24 08:00", why: "of the audit, because they asked" },
    ],
    ["freeze everything for 2h", { kind: "freeze", zone: null, until: "2h", why: "" }],
    ["unfreeze", { kind: "unfreeze", zone: null }],
    ["unfreeze money", { kind: "unfreeze", zone: "money" }],
    ["approve h-1 0123abcd", { kind: "approve", holdId: "h-1", digest: "0123abcd" }],
    ["approve H-1 sha256:0123abcd0123…", { kind: "approve", holdId: "h-1", digest: "0123abcd0123" }],
    [
      "reject h-1 0123abcd because it is on purpose",
      { kind: "reject", holdId: "h-1", digest: "0123abcd", note: "it is on purpose" },
    ],
    ["show-diff h-1", { kind: "show-diff", holdId: "h-1" }],
    ["override r-1 because the shop is down", { kind: "override", what: "r-1", why: "the shop is down" }],
    ["resume Everything!", { kind: "resume", loop: "everything" }],
    ["pause flaky-tests", { kind: "pause", loop: "flaky-tests", why: "" }],
    ["status", { kind: "status" }],
    ["Inbox", { kind: "inbox" }],
    ["digest", { kind: "digest" }],
    ["trace ABCDEF12", { kind: "trace", what: "abcdef12" }],
    ["trace r-0a1b2c3d4e", { kind: "trace", what: "r-0a1b2c3d4e" }],
    ["why f-0123456789ab?", { kind: "why", what: "f-0123456789ab" }],
    ["why `r-0a1b2c3d4e`", { kind: "why", what: "r-0a1b2c3d4e" }],
    ["retry f-0123456789ab", { kind: "retry", findingId: "f-0123456789ab" }],
    ["ignore f-0123456789ab", { kind: "ignore", findingId: "f-0123456789ab" }],
    ["take f-0123456789ab", { kind: "take", findingId: "f-0123456789ab" }],
    ["who", { kind: "who", about: "" }],
    ["who Triage?", { kind: "who", about: "triage" }],
    ["who <#C01|triage>", { kind: "who", about: "triage" }],
    ["who src/Cart/_totals.js", { kind: "who", about: "src/Cart/_totals.js" }],
    ["who “src/my cart.js”", { kind: "who", about: "src/my cart.js" }],
    ["<@U01BOT> who <@U02|bob>", { kind: "who", about: "@bob" }],
    ["who Alice Adler", { kind: "who", about: "Alice Adler" }],
    ["state #triage", { kind: "state", loop: "triage" }],
    ["memory", { kind: "memory", do: "list", what: "" }],
    ["memory List", { kind: "memory", do: "list", what: "" }],
    ["memory show `d-1a2b3c4d`", { kind: "memory", do: "show", what: "d-1a2b3c4d" }],
    ["memory L-1a2b3c4d", { kind: "memory", do: "show", what: "l-1a2b3c4d" }],
    ["memory forget l-1a2b3c4d.", { kind: "memory", do: "forget", what: "l-1a2b3c4d" }],
    ["release path:shop:src/Cart.js", { kind: "release", what: "path:shop:src/Cart.js" }],
    ["release ./src/cart.js", { kind: "release", what: "src/cart.js" }],
    ["/loom release `env:staging`", { kind: "release", what: "env:staging" }],
    [
      "settle C-12ab34cd56ef keep-right: finance wants it so",
      {
        kind: "settle",
        conflictId: "c-12ab34cd56ef",
        how: "keep-right",
        note: "finance wants it so",
      },
    ],
    ["settle c-12ab ask", { kind: "settle", conflictId: "c-12ab", how: "ask", note: "" }],
    ["help decide", { kind: "help", about: "decide" }],
    ["help", { kind: "help" }],
    ["help Start", { kind: "help", about: "start" }],
    ["help me", 'There is no command "me". Write `help` for all of them.'],
    ["", { kind: "help" }],
    ["   \n ", { kind: "help" }],
    ["<@U01BOT>", { kind: "help" }],
    ["/loom", { kind: "help" }],
  ])("%s", (text, command) => {
    expect(commandOf(text)).toEqual(command);
  });
});

describe("a line that is not understood says what is possible", () => {
  test.each([
    ["strat triage", 'I don\'t know "strat"; did you mean `start`?'],
    ["start", "`start` needs a loop: write `start <loop>`. The loops: `triage`, `tidy`, `flaky-tests`."],
    [
      "start traige",
      'There is no loop "traige". Did you mean `triage`? The loops: `triage`, `tidy`, `flaky-tests`.',
    ],
    ["pause nothing", 'There is no loop "nothing". The loops: `triage`, `tidy`, `flaky-tests`.'],
    ["start triage please", 'I understood `start triage`, but not "please" after it. Please leave that out.'],
    ["status now", 'I understood `status`, but not "now" after it. Please leave that out.'],
    ["trace", "`trace` needs a commit (4 to 40 hex digits) or a run (r-…): write `trace <commit or run>`."],
    ["trace HEAD", '`trace` takes a commit (4 to 40 hex digits) or a run (r-…); I read "HEAD".'],
    ["why abcdef", '`why` takes a run (r-…) or a finding (f-…); I read "abcdef".'],
    [
      "approve h-1",
      "Write `approve <hold> <digest>`, with the hold (h-…) and at least 8 characters of the digest as `why <run>` shows them: an answer is about exactly one state of a change.",
    ],
    [
      "override r-1",
      "Write `override <run> because <reason>`, with the run (r-…) or hold (h-…) that waits. The reason is told to everybody.",
    ],
    [
      "freeze money",
      "A freeze has an end: write `freeze [<zone>] until <time> [because <reason>]`, such as `freeze until monday 07:00`. `stop-all` lasts until somebody resumes.",
    ],
    ["state", "`state` needs a loop: write `state <loop>`. The loops: `triage`, `tidy`, `flaky-tests`."],
    [
      "release",
      "`release` needs what is held: write `release <claim or path>`, such as `release src/cart.js` or `release env:staging`.",
    ],
    [`who ${"x/".repeat(200)}`, "`who` takes up to 300 characters; I read 400."],
    [
      "memory shwo d-1a2b3c4d",
      '`memory` takes list, show or forget; I read "shwo". Did you mean `memory show`?',
    ],
    [
      "memory everything",
      '`memory` takes list, show or forget; I read "everything". Write `memory [list | show <id> | forget <id>]`.',
    ],
    ["memory forget", "`memory forget` needs an entry (d-… or l-… as `memory list` shows it)."],
    [
      "memory forget all",
      '`memory forget` takes an entry (d-… or l-… as `memory list` shows it); I read "all".',
    ],
    ["memory list all", 'I understood `memory list`, but not "all" after it. Please leave that out.'],
    [
      "settle triage keep-left",
      '`settle` takes a conflict (c-… as its card shows it); I read "triage": write `settle <conflict> keep-left|keep-right|order|both-fine|pause-both|ask [<note>]`.',
    ],
    ["settle c-12ab keep-rigth", '`settle` needs an answer; I read "keep-rigth". Did you mean `keep-right`?'],
    ["decde x", 'I don\'t know "decde"; did you mean `decide`?'],
    ["relase x", 'I don\'t know "relase"; did you mean `release`?'],
    ["help strat", 'There is no command "strat". Did you mean `help start`?'],
  ])("%s", (text, message) => {
    expect(parseCommand(text, known)).toEqual({ kind: "unclear", message });
  });

  test("an unknown word that is near to nothing brings the list", () => {
    expect(commandOf("frobnicate")).toBe(
      `I don't know "frobnicate". I know ${commandUsages.map((line) => `\`${line.word}\``).join(", ")}.`,
    );
  });

  test("without loops, a loop command says how to make one", () => {
    expect(parseCommand("start x", { loops: [] })).toMatchObject({
      kind: "unclear",
      message: expect.stringContaining("SKILL.md and a loop.yml"),
    });
  });

  test("a long list of loops is cut", () => {
    const loops = Array.from({ length: 30 }, (_, n) => `loop-${n}`);
    expect(parseCommand("start", { loops })).toMatchObject({
      message: expect.stringContaining("and 20 more."),
    });
  });
});

// Arbitrary text first, then lines that begin as commands do, because those reach every branch.
const anyLine = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc
    .tuple(
      fc.constantFrom(
        ...commandUsages.map((line) => line.word),
        "/loom start",
        "<@U1> trace",
        "help",
        "approve",
      ),
      fc.array(fc.string({ unit: "grapheme", maxLength: 200 })),
    )
    .map(([word, rest]) => [word, ...rest].join(" ")),
);

test("never throws, whatever is typed", () => {
  fc.assert(
    fc.property(anyLine, (text) => {
      expect(["command", "unclear"]).toContain(parseCommand(text, known).kind);
    }),
    { numRuns: 500 },
  );
});

test("a message repeats at most 80 characters of what was typed", () => {
  // Chinese characters stand in no message of ours, so every one in a message was typed.
  const typed = fc.string({ unit: fc.constantFrom("漢", "字", "𝔘", "好"), minLength: 1, maxLength: 300 });
  const line = fc
    .tuple(
      fc.constantFrom(
        "",
        "start ",
        "state ",
        "memory ",
        "memory show ",
        "decide x paths: /",
        "pause ",
        "trace ",
        "status ",
        "start triage ",
        "help ",
        "retry ",
      ),
      fc.array(typed),
    )
    .map(([word, rest]) => word + rest.join(" "));
  fc.assert(
    fc.property(line, (text) => {
      const parsed = parseCommand(text, known);
      if (parsed.kind !== "unclear") return;
      expect(parsed.message.match(/[漢字𝔘好]/gu)?.length ?? 0).toBeLessThanOrEqual(80);
    }),
  );
  const parsed = parseCommand(`trace ${"a".repeat(40)} ${"x".repeat(900)}`, known);
  expect(parsed.kind === "unclear" && parsed.message.replace(/[^ax]/g, "").length).toBeLessThanOrEqual(80);
});

test("every command of the help is one that can be typed", () => {
  for (const { word } of commandUsages)
    expect(parseCommand(word, known)).not.toMatchObject({ message: expect.stringContaining("I don't know") });
});
