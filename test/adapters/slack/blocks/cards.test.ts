import { describe, expect, it } from "vitest";
import { renderHome } from "../../../../src/adapters/slack/blocks/home.ts";
import { renderAnswer } from "../../../../src/adapters/slack/blocks/render-answer.ts";
import { renderCard } from "../../../../src/adapters/slack/blocks/render-card.ts";
import type { Card } from "../../../../src/domain/card.ts";
import type { Hold } from "../../../../src/domain/hold.ts";
import * as sample from "../samples.ts";
import { seen } from "../seen.ts";

const { organisation, at } = sample;

const cardText = (card: Card): string => {
  const { text, blocks } = renderCard(card, organisation);
  return `${text}\n---\n${seen(blocks)}`;
};

const heldIn = (change: Partial<Hold>): Card => ({ ...sample.holdCard, hold: { ...sample.hold, ...change } });

describe("cards", () => {
  it("shows a run's steps while it works", () => {
    expect(cardText(sample.runCard)).toMatchInlineSnapshot(`
      "triage works on: restock keeps the order fails
      ---
      *triage* · restock keeps the order fails
      (✓ claim  ·  ✓ make  ·  ● *check*: running 28 tests  ·  ○ land)
      (shop  ·  \`r-aaaaaaaaaa\`  ·  \`f-aaaaaaaaaaaa\`  ·  since <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>)"
    `);
  });

  it("shows how a run ended", () => {
    const landed: Card = {
      ...sample.runCard,
      endedAt: new Date(at.getTime() + 42_000),
      outcome: { kind: "landed", sha: "4f2c1aa".padEnd(40, "0"), approvedBy: ["alice"] },
    };
    expect(cardText(landed)).toMatchInlineSnapshot(`
      "triage landed: restock keeps the order fails
      ---
      *triage* · restock keeps the order fails
      (✓ claim  ·  ✓ make  ·  ● *check*: running 28 tests  ·  ○ land)
      ✅ Landed as \`4f2c1aa\`, approved by <@U01>
      (shop  ·  \`r-aaaaaaaaaa\`  ·  \`f-aaaaaaaaaaaa\`  ·  took 42 s)"
    `);
  });

  it("asks for an approval with the reasons, the change and the evidence", () => {
    expect(cardText(sample.holdCard)).toMatchInlineSnapshot(`
      "Approve landing on shop/main? triage: Revert “Sort shelves by last restock”
      ---
      # Approve landing on shop/main?
      *Revert “Sort shelves by last restock”*
      Reverts 4f2c1aa, the first commit at which “restock keeps the order” fails.
      *Why it waits*
      • triage is not a trusted loop
      *Diff* 2 files, +4 −5
      \`src/shelves/order.js\`  +3 −5
      \`src/shelves/index.js\`  +1 −0
      *Evidence*
      • restock keeps the order: expected [1, 2, 3], got [3, 1, 2] (\`test/shelves.test.js\`)
      \`\`\`[{"type":"rich_text_preformatted","elements":[{"type":"text","text":"AssertionError: expected [1, 2, 3]\\n  at test/shelves.test.js:14"}]}]\`\`\`
      (Checked: 28 of 28 tests pass in a fresh checkout; no test was removed or weakened)
      (asks <@U01> and <@U02>  ·  expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`sha256:ab12cd34ef56…\`  ·  \`r-aaaaaaaaaa\`  ·  triage)
      [Approve] [Reject] [Show diff]"
    `);
  });

  it("puts a conflict before everything else and asks again before approving it", () => {
    const card: Card = { ...sample.holdCard, conflicts: [sample.conflict] };
    expect(cardText(card)).toMatchInlineSnapshot(`
      "Approve landing on shop/main? (in conflict with another change) triage: Revert “Sort shelves by last restock”
      ---
      # Approve landing on shop/main?
      *Revert “Sort shelves by last restock”*
      Reverts 4f2c1aa, the first commit at which “restock keeps the order” fails.
      ⚠️ *Conflict of intent*
      Undoes a deliberate change by *tidy* (landed \`c0ffee1\`): Round invoice lines, not totals
      > tidy meant: rounds each line, as the tax office asks; changes the test of totals
      > This change means: takes back the commit that breaks invoice totals
      • src/invoices/total.js would be again what it was before c0ffee1.
      *Why it waits*
      • triage is not a trusted loop
      *Diff* 2 files, +4 −5
      \`src/shelves/order.js\`  +3 −5
      \`src/shelves/index.js\`  +1 −0
      *Evidence*
      • restock keeps the order: expected [1, 2, 3], got [3, 1, 2] (\`test/shelves.test.js\`)
      \`\`\`[{"type":"rich_text_preformatted","elements":[{"type":"text","text":"AssertionError: expected [1, 2, 3]\\n  at test/shelves.test.js:14"}]}]\`\`\`
      (Checked: 28 of 28 tests pass in a fresh checkout; no test was removed or weakened)
      (asks <@U01> and <@U02>  ·  expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`sha256:ab12cd34ef56…\`  ·  \`r-aaaaaaaaaa\`  ·  triage)
      [Approve ?] [Reject] [Show diff]"
    `);
  });

  it("replaces the buttons by who approved it", () => {
    const card = heldIn({ state: "approved", answer: { person: "bob", answer: "approved", note: "", at } });
    expect(cardText(card)).toMatchInlineSnapshot(`
      "Approved: Revert “Sort shelves by last restock”
      ---
      *Revert “Sort shelves by last restock”*
      Reverts 4f2c1aa, the first commit at which “restock keeps the order” fails.
      ✅ Approved by <@U02>, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>
      (shop/main  ·  2 files, +4 −5  ·  \`sha256:ab12cd34ef56…\`  ·  \`r-aaaaaaaaaa\`  ·  triage)"
    `);
  });

  it.each([
    [
      "rejected",
      { answer: { person: "bob", answer: "rejected" as const, note: "on purpose", at } },
      "🚫 Rejected by <@U02>",
    ],
    ["void", { voidedBecause: "main moved" }, "Voided: main moved"],
    ["expired", {}, "without an answer; it is in the inbox"],
  ] as const)("says that a hold is %s, without buttons", (state, change, words) => {
    const text = cardText(heldIn({ state, ...change }));
    expect(text).toContain(words);
    expect(text).not.toContain("[Approve");
  });

  it("tells both sides of a conflict", () => {
    const card: Card = {
      kind: "conflict",
      conflict: sample.conflict,
      people: ["alice", "carol"],
      note: "The new change is held with this evidence.",
    };
    expect(cardText(card)).toMatchInlineSnapshot(`
      "Conflict: *triage* (\`r-aaaaaaaaaa\`) would undo *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals
      ---
      ⚠️ *A new change would take back a deliberate one*
      *tidy* (landed \`c0ffee1\`): Round invoice lines, not totals
      > rounds each line, as the tax office asks; changes the test of totals
      *triage* (\`r-aaaaaaaaaa\`): Revert rounding of invoice totals
      > takes back the commit that breaks invoice totals
      • src/invoices/total.js would be again what it was before c0ffee1.
      (\`src/invoices/total.js\` and \`test/invoices/total.test.js\`)
      (For <@U01> and Carol Lindqvist  ·  The new change is held with this evidence.)"
    `);
  });

  it("offers what can be done with an inbox item, until somebody did it", () => {
    const open: Card = { kind: "inbox", item: sample.inboxItem, people: ["alice"] };
    expect(cardText(open)).toMatchInlineSnapshot(`
      "Needs a person: price feed test fails since the fixture expired. No commit breaks it: it fails at every commit of the last 40.
      ---
      📥 *price feed test fails since the fixture expired*
      No commit breaks it: it fails at every commit of the last 40.
      *Tried*
      • bisect over 40 commits
      (<@U01>  ·  triage  ·  \`f-bbbbbbbbbbbb\`  ·  \`r-bbbbbbbbbb\`  ·  since <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>)
      [Retry] [Ignore] [Take it]"
    `);
    const settled = { how: "taken" as const, by: "bob", at };
    const text = cardText({ ...open, item: { ...sample.inboxItem, settled } });
    expect(text).toContain("🙋 Taken by <@U02>");
    expect(text).not.toContain("[Retry]");
  });

  it("begins the digest with what needs somebody", () => {
    expect(cardText({ kind: "digest", digest: sample.digest })).toMatchInlineSnapshot(`
      "Digest: 2 things wait for you; 1 landed, 1 given up, 1 conflict.
      ---
      # Loops, Wednesday 25 November
      2 things wait for you; 1 landed, 1 given up, 1 conflict.
      ✋ *Revert “Sort shelves by last restock”*
      triage asks maintainers to land it on shop/main.
      (⚠️ in conflict with 1 other change  ·  expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`r-aaaaaaaaaa\`)
      [Approve ?] [Reject] [Show diff]
      📥 *price feed test fails since the fixture expired*
      No commit breaks it: it fails at every commit of the last 40.
      (triage  ·  \`f-bbbbbbbbbbbb\`  ·  since <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>)
      [Retry] [Ignore] [Take it]
      *Conflicts*
      • *triage* (\`r-aaaaaaaaaa\`) would undo *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals
      *Landed*
      • \`4444444\` Fix restock order (triage, approved by Alice Adler)
      *Given up*
      • flaky clock test (triage): it passes alone
      *Rejected*
      • Drop rounding (triage), by Bob Okafor: this is on purpose
      (<!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12> to <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  3 findings  ·  details: \`/loom why &lt;run or finding&gt;\`)"
    `);
  });

  it("keeps a quiet day's digest quiet", () => {
    expect(cardText({ kind: "digest", digest: sample.quietDigest })).toMatchInlineSnapshot(`
      "Digest: Quiet: nothing landed, nothing waits for you.
      ---
      # Loops, Wednesday 25 November
      Quiet: nothing landed, nothing waits for you.
      (<!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12> to <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  0 findings  ·  details: \`/loom why &lt;run or finding&gt;\`)"
    `);
  });
});

describe("answers", () => {
  it("shows the status with what waits for the asking person first", () => {
    const person = organisation.people[0];
    const { blocks } = renderAnswer({ kind: "status", overview: sample.overview }, organisation, person);
    expect(seen(blocks)).toMatchInlineSnapshot(`
      "1 running  ·  1 held  ·  1 conflict  ·  1 landed today  ·  1 in the inbox
      *Held for you*
      ✋ *Revert “Sort shelves by last restock”*
      triage asks maintainers to land it on shop/main.
      (⚠️ in conflict with 1 other change  ·  expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`r-aaaaaaaaaa\`)
      [Approve ?] [Reject] [Show diff]
      *Running*
      • *triage* invoice totals off by a cent: check (\`r-cccccccccc\`)
      *Conflicts*
      • *triage* (\`r-aaaaaaaaaa\`) would undo *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals
      *Inbox*
      📥 *price feed test fails since the fixture expired*
      No commit breaks it: it fails at every commit of the last 40.
      (triage  ·  \`f-bbbbbbbbbbbb\`  ·  since <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>)
      [Retry] [Ignore] [Take it]
      *Landed today*
      • \`4444444\` Fix restock order (triage, approved by Alice Adler)
      *Loops*
      ● *triage* running · weekdays 07:00 Europe/Berlin, next <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12> · #ops"
    `);
  });

  it("offers no approval in the status of somebody outside the group", () => {
    const carol = organisation.people[2];
    const { blocks } = renderAnswer({ kind: "status", overview: sample.overview }, organisation, carol);
    expect(seen(blocks)).toContain("Held for others");
    expect(seen(blocks)).not.toContain("[Approve");
  });

  it("names the loop that made a commit", () => {
    const { blocks } = renderAnswer({ kind: "trace", trace: sample.trace }, organisation);
    expect(seen(blocks)).toMatchInlineSnapshot(`
      "\`4444444\` was made by *triage*, run \`r-aaaaaaaaaa\`
      > Reverts the commit that broke the order.
      *Finding*  restock keeps the order fails (\`f-aaaaaaaaaaaa\`)
      *Maker*  bisect
      *Checker*  tests: 28 of 28 tests pass
      *Approved by*  Alice Adler
      *Started*  <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>   *Landed*  <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>
      (Known from: trailers of the landed commit  ·  loop version \`ddddddddddddddd…\`)"
    `);
  });

  it("tells why, step by step", () => {
    const { blocks } = renderAnswer({ kind: "why", story: sample.story }, organisation);
    expect(seen(blocks)).toMatchInlineSnapshot(`
      "*triage* · Revert “Sort shelves by last restock”
      Now: held
      *Found* restock keeps the order fails
      > restock keeps the order: expected [1, 2, 3], got [3, 1, 2]
      *Change* 2 files on \`loom/triage/r-aaaaaaaaaa\`
      > Reverts 4f2c1aa, the first commit at which “restock keeps the order” fails.
      *Asked* maintainers  ·  waits until <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>
      • triage is not a trusted loop
      *Notes*
      • look at the fixture first
      *Step by step*
      <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>  run opened  (triage)
      (shop  ·  \`r-aaaaaaaaaa\`  ·  \`f-aaaaaaaaaaaa\`  ·  <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>)"
    `);
  });

  it("tells a stranger on the home tab how to become known", () => {
    const { blocks } = renderHome(sample.overview, organisation, { slackUserId: "U99" });
    expect(seen(blocks)).toContain("slack: U99");
  });

  it("offers to resume while everything is paused", () => {
    const paused = { ...sample.overview, isPaused: true, pausedBy: "bob" };
    const person = organisation.people[0];
    const { blocks } = renderHome(paused, organisation, { person, slackUserId: "U01" });
    expect(seen(blocks)).toContain("[Resume everything]");
    expect(seen(blocks)).toContain("Everything is paused* by <@U02>");
  });
});
