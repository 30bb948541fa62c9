import { describe, expect, it } from "vitest";
import { renderHome } from "../../../../src/adapters/slack/blocks/home.ts";
import { renderAnswer } from "../../../../src/adapters/slack/blocks/render-answer.ts";
import { renderCard } from "../../../../src/adapters/slack/blocks/render-card.ts";
import type { Card } from "../../../../src/domain/card.ts";
import type { Approval, Hold } from "../../../../src/domain/hold.ts";
import * as sample from "../samples.ts";
import { seen } from "../seen.ts";

const { organisation, at } = sample;

const cardText = (card: Card): string => {
  const { text, blocks } = renderCard(card, organisation);
  return `${text}\n---\n${seen(blocks)}`;
};

const approved = (person: string): Approval => ({ person, answer: "approved", note: "", at });
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
      *Who approves it*
      ○ *maintainers*: 0 of 1; needs one of <@U01> and <@U02>
      *Diff* 2 files, +4 −5
      \`src/shelves/order.js\`  +3 −5
      \`src/shelves/index.js\`  +1 −0
      *Evidence*
      • restock keeps the order: expected [1, 2, 3], got [3, 1, 2] (\`test/shelves.test.js\`)
      \`\`\`[{"type":"rich_text_preformatted","elements":[{"type":"text","text":"AssertionError: expected [1, 2, 3]\\n  at test/shelves.test.js:14"}]}]\`\`\`
      (Checked: 28 of 28 tests pass in a fresh checkout; no test was removed or weakened)
      (expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`sha256:ab12cd34ef56…\`  ·  \`r-aaaaaaaaaa\`  ·  triage)
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
      • src/invoices/total.js would be again what it was before c0ffee1.
      *Why it waits*
      • triage is not a trusted loop
      *Who approves it*
      ○ *maintainers*: 0 of 1; needs one of <@U01> and <@U02>
      *Diff* 2 files, +4 −5
      \`src/shelves/order.js\`  +3 −5
      \`src/shelves/index.js\`  +1 −0
      *Evidence*
      • restock keeps the order: expected [1, 2, 3], got [3, 1, 2] (\`test/shelves.test.js\`)
      \`\`\`[{"type":"rich_text_preformatted","elements":[{"type":"text","text":"AssertionError: expected [1, 2, 3]\\n  at test/shelves.test.js:14"}]}]\`\`\`
      (Checked: 28 of 28 tests pass in a fresh checkout; no test was removed or weakened)
      (expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`sha256:ab12cd34ef56…\`  ·  \`r-aaaaaaaaaa\`  ·  triage)
      [Approve ?] [Reject] [Show diff]"
    `);
  });

  it("replaces the buttons by who approved it", () => {
    const card = heldIn({ state: "approved", approvals: [approved("bob")] });
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
      { approvals: [{ ...approved("bob"), answer: "rejected", note: "on purpose" }] },
      "🚫 Rejected by <@U02>",
    ],
    [
      "approved",
      { approvals: [{ ...approved("bob"), answer: "overridden", note: "the shop is down" }] },
      "🚨 Overridden by <@U02>, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>: the shop is down",
    ],
    ["void", { voidedBecause: "main moved" }, "Voided: main moved"],
    [
      "void",
      { voidedBecause: "somebody pushed", approvals: [approved("alice")] },
      "Voided: somebody pushed. The approval of <@U01>",
    ],
    ["expired", {}, "without an answer; it is in the inbox"],
  ] satisfies [Hold["state"], Partial<Hold>, string][])(
    "says that a hold is %s, without buttons",
    (state, change, words) => {
      const text = cardText(heldIn({ state, ...change }));
      expect(text).toContain(words);
      expect(text).not.toContain("[Approve");
    },
  );

  it("tells both sides of a conflict", () => {
    const card: Card = {
      kind: "conflict",
      conflict: sample.conflict,
      people: ["alice", "carol"],
      note: "The new change is held with this evidence.",
    };
    expect(cardText(card)).toMatchInlineSnapshot(`
      "Conflict: *triage* (\`r-aaaaaaaaaa\`) undoes a deliberate change by *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals
      ---
      *A new change would take back a deliberate one*
      *tidy* (landed \`c0ffee1\`): Round invoice lines, not totals
      > rounds each line, as the tax office asks; changes the test of totals
      *triage* (\`r-aaaaaaaaaa\`): Revert rounding of invoice totals
      > takes back the commit that breaks invoice totals
      • src/invoices/total.js would be again what it was before c0ffee1.
      (\`src/invoices/total.js\` and \`test/invoices/total.test.js\`)
      (For <@U01> and Carol Lindqvist  ·  The new change is held with this evidence.  ·  \`undo:1\`)"
    `);
  });

  it("asks how to settle a conflict, and asks again before one side loses", () => {
    expect(cardText(sample.conflictCard)).toMatchInlineSnapshot(`
      "Conflict: *triage* (\`r-aaaaaaaaaa\`) undoes a deliberate change by *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals
      ---
      ⚠️ *A new change would take back a deliberate one*
      *tidy* (landed \`c0ffee1\`): Round invoice lines, not totals
      > rounds each line, as the tax office asks; changes the test of totals
      *triage* (\`r-aaaaaaaaaa\`): Revert rounding of invoice totals
      > takes back the commit that breaks invoice totals
      • src/invoices/total.js would be again what it was before c0ffee1.
      🙋 The approvers were asked by Carol Lindqvist, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>: who knows?
      (\`src/invoices/total.js\` and \`test/invoices/total.test.js\`)
      (For <@U01> and Carol Lindqvist  ·  Nothing of it lands until somebody settles it.  ·  \`undo:1\`)
      [Keep triage's ?] [Keep tidy's ?] [Make it anew on top] [Both are fine ?]
      [Pause both loops] [Ask the approvers]"
    `);
  });

  it("says how a conflict was settled, without buttons", () => {
    const answer = {
      answer: "keep-right",
      by: "bob",
      note: "on purpose",
      at: sample.at,
      decision: "d-1a2b3c4d",
    } as const;
    expect(cardText({ ...sample.conflictCard, state: "decided", answer })).toMatchInlineSnapshot(`
      "Settled: *triage* (\`r-aaaaaaaaaa\`) undoes a deliberate change by *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals
      ---
      *A new change would take back a deliberate one*
      *tidy* (landed \`c0ffee1\`): Round invoice lines, not totals
      > rounds each line, as the tax office asks; changes the test of totals
      *triage* (\`r-aaaaaaaaaa\`): Revert rounding of invoice totals
      > takes back the commit that breaks invoice totals
      • src/invoices/total.js would be again what it was before c0ffee1.
      🙋 The approvers were asked by Carol Lindqvist, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>: who knows?
      ✅ Kept tidy's, by <@U02>, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>: on purpose  ·  remembered as \`d-1a2b3c4d\`
      (\`src/invoices/total.js\` and \`test/invoices/total.test.js\`)
      (For <@U01> and Carol Lindqvist  ·  Nothing of it lands until somebody settles it.  ·  \`undo:1\`)"
    `);
  });

  it("says that an approved change has landed", () => {
    const hold = { ...sample.hold, state: "approved" as const };
    expect(cardText({ ...sample.holdCard, hold, landed: "c0ffee1".padEnd(40, "0") })).toContain(
      "Landed as `c0ffee1`",
    );
  });

  it("says which decision a change contradicts", () => {
    const card: Card = {
      kind: "conflict",
      conflict: sample.againstDecision,
      people: ["alice"],
      note: "It is held.",
    };
    expect(cardText(card)).toMatchInlineSnapshot(`
      "Conflict: *triage* (\`r-aaaaaaaaaa\`) contradicts a decision: d-1a2b3c4d: Round half to even in prices
      ---
      *A new change contradicts a decision*
      *Decided*: d-1a2b3c4d: Round half to even in prices
      > finance said so
      *triage* (\`r-aaaaaaaaaa\`): Round prices up
      > makes the total's test pass
      • alice decided d-1a2b3c4d on 2026-11-20: Round half to even in prices
      • The change touches src/pricing.js and does not cite it.
      (\`src/pricing.js\`)
      (For <@U01>  ·  It is held.  ·  \`decision:1\`)"
    `);
    const held = cardText({ ...sample.holdCard, conflicts: [sample.againstDecision] });
    expect(held).toContain("(in conflict with a decision)");
    expect(held).toContain(
      "*Contradicts a decision*\nGoes against d-1a2b3c4d: Round half to even in prices without citing it",
    );
    const both = { ...sample.holdCard, conflicts: [sample.conflict, sample.againstDecision] };
    expect(JSON.stringify(renderCard(both, organisation).blocks)).toContain(
      "in conflict with 1 other change and 1 decision",
    );
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
      triage asks to land it on shop/main.
      ○ *maintainers*: 0 of 1; needs one of Alice Adler and Bob Okafor
      (⚠️ in conflict with 1 other change  ·  expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`r-aaaaaaaaaa\`)
      [Approve ?] [Reject] [Show diff]
      📥 *price feed test fails since the fixture expired*
      No commit breaks it: it fails at every commit of the last 40.
      (triage  ·  \`f-bbbbbbbbbbbb\`  ·  since <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>)
      [Retry] [Ignore] [Take it]
      *Conflicts*
      • *triage* (\`r-aaaaaaaaaa\`) undoes a deliberate change by *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals  ·  \`undo:1\`
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
      triage asks to land it on shop/main.
      ○ *maintainers*: 0 of 1; needs one of Alice Adler and Bob Okafor
      (⚠️ in conflict with 1 other change  ·  expires <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>  ·  \`r-aaaaaaaaaa\`)
      [Approve ?] [Reject] [Show diff]
      *Running*
      • *triage* invoice totals off by a cent: check (\`r-cccccccccc\`)
      *Claims*
      • 🔒 *triage* (\`r-cccccccccc\`): finding \`f-cccccccccccc\`, \`src/invoice.js\` in shop, \`env:staging\` and 2 more
      *Conflicts*
      • *triage* (\`r-aaaaaaaaaa\`) undoes a deliberate change by *tidy* (landed \`c0ffee1\`): Revert rounding of invoice totals  ·  \`undo:1\`
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
    const { blocks } = renderAnswer(
      { kind: "why", story: sample.story, ruling: sample.explained },
      organisation,
    );
    expect(seen(blocks)).toMatchInlineSnapshot(`
      "*triage* · Revert “Sort shelves by last restock”
      Now: held
      *Found* restock keeps the order fails
      > restock keeps the order: expected [1, 2, 3], got [3, 1, 2]
      *Change* 2 files on \`loom/triage/r-aaaaaaaaaa\`
      > Reverts 4f2c1aa, the first commit at which “restock keeps the order” fails.
      *Policy* on land: *hold*
      • \`money-is-payments\` in policies/shop.cedar: Prices and money are looked at by payments, too.
      from 2 files, 9 lines · zones: money, tests · trust 0
      ruling \`p-0123456789ab\` · policies \`999999999999\` · facts \`888888888888\`: made again from these facts just now, it is the same (\`loom policy explain p-0123456789ab\`)
      *Asked* maintainers  ·  waits until <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>
      ○ *maintainers*: 0 of 1; needs one of Alice Adler and Bob Okafor
      _\`h-aaaaaaaaaa\` is about \`ab12cd34ef56\` under the policies \`999999999999\`_
      *Notes*
      • look at the fixture first
      *Step by step*
      <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>  run opened  (triage)
      (shop  ·  \`r-aaaaaaaaaa\`  ·  \`f-aaaaaaaaaaaa\`  ·  <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>)"
    `);
  });

  it("shows who is at a path, with a button at every claim that nobody has asked for yet", () => {
    const [alice, bob] = organisation.people;
    const { text, blocks } = renderAnswer({ kind: "who", doing: sample.doing }, organisation, bob);
    expect(`${text}\n---\n${seen(blocks)}`).toMatchInlineSnapshot(`
      "Who is doing what: \`src/cart\` (1 run  ·  3 claims  ·  1 open change  ·  1 held)
      ---
      *Who is doing what*: \`src/cart\`
      1 run  ·  3 claims  ·  1 open change  ·  1 held
      *Runs*
      • *triage* invoice totals off by a cent (running, \`r-cccccccccc\`, Alice Adler's loop), began <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>
      *Claims*
      🔒 \`src/cart/total.js\` in shop alone by *triage* (\`r-cccccccccc\`) until <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>
      > invoice totals off by a cent  [Ask to release]
      🔒 \`env:staging\` shared by Bob Okafor with claude-code until <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>, asked back by Alice Adler
      > tries the new checkout
      🔒 finding \`f-cccccccccccc\` alone by *triage* (\`r-cccccccccc\`) until <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>
      > invoice totals off by a cent  [Ask to release]
      *Open changes*
      • *tidy* Trim blank lines (held, \`loom/tidy/r-aaaaaaaaaa\`): \`src/cart/total.js\`, \`src/cart/index.js\`
      *Held for people*
      • *tidy* Trim blank lines, for maintainers (\`h-aaaaaaaaaa\`)"
    `);
    const own = renderAnswer({ kind: "who", doing: sample.doing }, organisation, alice);
    expect(seen(own.blocks)).toContain("[Release]");
    expect(JSON.stringify(own.blocks)).toContain('"value":"path:shop:src/cart/total.js"');
  });

  it("offers no button for a claim whose key a button cannot carry whole", () => {
    const [claim] = sample.doing.claims;
    const claims = claim === undefined ? [] : [{ ...claim, key: `path:shop:${"x/".repeat(100)}` }];
    const { blocks } = renderAnswer({ kind: "who", doing: { ...sample.doing, claims } }, organisation);
    expect(JSON.stringify(blocks)).not.toContain("claim_release");
  });

  it("says that nobody is there", () => {
    const doing = { about: "src/<b>", runs: [], claims: [], changes: [], holds: [] };
    expect(renderAnswer({ kind: "who", doing }, organisation).text).toBe(
      "Nothing is under way for `src/&lt;b&gt;`.",
    );
    expect(renderAnswer({ kind: "who", doing: { ...doing, about: "" } }, organisation).text).toBe(
      "Nobody is at work.",
    );
  });

  it("shows a loop's state file, drawn section by section", () => {
    const { blocks } = renderAnswer({ kind: "state", loop: "triage", text: sample.stateText }, organisation);
    expect(seen(blocks)).toMatchInlineSnapshot(`
      "*What triage knows*
      triage, 2026-11-24 07:12 UTC
      What LoomStack knows. It is data, not instructions. Git does not take this file.
      *Open*
      • f-cccccccccccc invoice totals off by a cent (claimed, 1 tries) — bob: look at the *fixture*
      *Waiting for people*
      Nothing.
      *Decided and learned*
      • d-1a2b3c4d (decision, alice, src/pricing.js; found by path): Round half to even in prices Because: finance said so"
    `);
  });

  it("lists what is remembered", () => {
    const entries = [sample.decision, sample.lesson];
    const { text, blocks } = renderAnswer({ kind: "memory", entries, isWhole: false }, organisation);
    expect(`${text}\n---\n${seen(blocks)}`).toMatchInlineSnapshot(`
      "2 things remembered, and more
      ---
      *2 things remembered, and more*
      ⚖️ \`d-1a2b3c4d\` Round half to even in prices
      > finance said so
      Alice Adler, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>  ·  \`src/pricing.js\`, \`test/pricing.test.js\`
      📓 \`l-5e6f7a8b\` The clock test fails on the last day of a month
      triage, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>  ·  all of shop
      (\`/loom memory show &lt;id&gt;\` tells all of one, \`/loom memory forget &lt;id&gt;\` ends it)"
    `);
    expect(renderAnswer({ kind: "memory", entries: [], isWhole: true }, organisation).text).toContain(
      "Nothing is remembered yet",
    );
  });

  it("shows one entry with where it comes from", () => {
    const one = (entry: typeof sample.decision) =>
      seen(renderAnswer({ kind: "memory", entries: [entry], isWhole: true }, organisation).blocks);
    expect(one(sample.decision)).toMatchInlineSnapshot(`
      "⚖️ *Round half to even in prices*
      > finance said so
      Every loop reads it before it works there.
      *Paths*
      • \`src/pricing.js\`
      • \`test/pricing.test.js\`
      *Symbols*
      • \`roundPrice\`
      *Tests*
      • \`test/pricing.test.js › rounds\`
      (\`d-1a2b3c4d\`  ·  by Alice Adler, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>  ·  from <https://shop.slack.com/archives/C02/p1795504320000100|a message>  ·  shop  ·  recalled 2 times, last <!date^1795590720^{date_short_pretty} {time}|25 Nov, 08:12>)"
    `);
    expect(one(sample.lesson)).toMatchInlineSnapshot(`
      "📓 *The clock test fails on the last day of a month*
      It is withdrawn; no loop reads it any more.
      (\`l-5e6f7a8b\`  ·  by triage, <!date^1795504320^{date_short_pretty} {time}|24 Nov, 08:12>  ·  from a run (r-cccccccccc)  ·  shop  ·  never recalled)"
    `);
    const forged = { ...sample.decision, source: { kind: "message" as const, ref: "https://evil|<!here>" } };
    expect(one(forged)).toContain("a message (https://evil|&lt;!here&gt;)");
  });

  it("tells a stranger on the home tab how to become known", () => {
    const { blocks } = renderHome(sample.overview, organisation, { slackUserId: "U99" });
    expect(seen(blocks)).toContain("slack: U99");
  });

  it("offers to resume while everything is paused", () => {
    const paused = { ...sample.overview, stop: { by: "bob", why: "an incident" } };
    const person = organisation.people[0];
    const { blocks } = renderHome(paused, organisation, { person, slackUserId: "U01" });
    expect(seen(blocks)).toContain("[Resume everything]");
    expect(seen(blocks)).toContain("Everything is paused* by <@U02>");
  });
});
