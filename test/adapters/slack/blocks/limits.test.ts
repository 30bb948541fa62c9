import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockCharactersMax } from "../../../../src/adapters/slack/blocks/fitted.ts";
import { renderHome } from "../../../../src/adapters/slack/blocks/home.ts";
import { decisionModal, diffView } from "../../../../src/adapters/slack/blocks/modals.ts";
import { renderAnswer } from "../../../../src/adapters/slack/blocks/render-answer.ts";
import { renderCard } from "../../../../src/adapters/slack/blocks/render-card.ts";
import type { Answer } from "../../../../src/domain/answer.ts";
import type { Card } from "../../../../src/domain/card.ts";
import { validateMessageBlocks } from "../../../../src/local/slack/validate-blocks.ts";
import { problemsOfView } from "../../../../src/local/slack/validate-view.ts";
import * as sample from "../samples.ts";
import { liveTexts } from "../seen.ts";

const { organisation } = sample;

const cards: Card[] = [
  { kind: "notice", tone: "warning", text: "claimed", people: ["alice"] },
  sample.runCard,
  { ...sample.runCard, outcome: { kind: "landed", sha: "4".repeat(40), approvedBy: ["alice"] } },
  { ...sample.runCard, outcome: { kind: "gave-up", reason: "no culprit", tried: ["bisect"] } },
  { ...sample.runCard, outcome: { kind: "rejected", by: "bob", note: "on purpose" } },
  { ...sample.holdCard, conflicts: [sample.conflict] },
  { ...sample.holdCard, hold: { ...sample.hold, state: "void", voidedBecause: "main moved" } },
  { kind: "conflict", conflict: sample.conflict, people: ["alice", "carol"], note: "held" },
  { kind: "conflict", conflict: sample.againstDecision, people: ["alice"], note: "held" },
  sample.conflictCard,
  {
    ...sample.conflictCard,
    state: "decided",
    answer: { answer: "keep-right", by: "bob", note: "on purpose", at: sample.at, decision: "d-1a2b3c4d" },
  },
  {
    ...sample.holdCard,
    conflicts: [sample.againstDecision, sample.conflict],
    weaker: ["It could not be compared."],
  },
  { kind: "inbox", item: sample.inboxItem, people: ["alice"] },
  {
    kind: "inbox",
    item: { ...sample.inboxItem, settled: { how: "taken", by: "bob", at: sample.at } },
    people: [],
  },
  { kind: "digest", digest: sample.digest },
];

const answers: Answer[] = [
  { kind: "done", text: "triage runs" },
  { kind: "refused", reason: "already approved by alice" },
  { kind: "help", lines: [{ usage: "start <loop>", what: "let it run" }], note: "did you mean start?" },
  {
    kind: "status",
    overview: {
      ...sample.overview,
      stop: { by: "bob", why: "an incident" },
      freezes: [{ zone: "money", by: "alice", why: "the release", until: sample.later }],
      problems: ["no tests"],
    },
  },
  { kind: "inbox", items: [sample.inboxItem] },
  { kind: "digest", digest: sample.digest },
  { kind: "trace", trace: sample.trace },
  { kind: "trace", trace: { kind: "unknown", what: "abc", searched: ["trailers"] } },
  { kind: "why", story: { ...sample.story, conflicts: [sample.conflict] }, ruling: sample.explained },
  { kind: "who", doing: sample.doing },
  { kind: "state", loop: "triage", text: sample.stateText },
  { kind: "memory", entries: [sample.decision, sample.lesson], isWhole: false },
  {
    kind: "memory",
    entries: [{ ...sample.decision, state: "superseded", supersededBy: "d-0" }],
    isWhole: true,
  },
  { kind: "diff", title: "r-1: git diff a...b", text: "--- a\n+++ b", isCut: true },
];

/** Fields whose values are our own words, never somebody's text. */
const ownWords = new Set([
  "kind",
  "mode",
  "tone",
  "state",
  "status",
  "source",
  "how",
  "switch",
  "step",
  "type",
  "answer",
]);

const hostile = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "<!channel>",
    "<@U01>",
    "<!subteam^S1>",
    "<#C1|x>",
    "`</>`",
    "\u0000\ud800\u202e",
    "&amp;",
  ),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc
    .tuple(
      fc.constantFrom('"', "\\", "&", "<", "`", "\n", "𝒳", "*_~", "<!here> "),
      fc.integer({ min: 1, max: 5000 }),
    )
    .map(([text, times]) => text.repeat(times)),
);

/** The sample with every text in it replaced and every list made longer. */
function fuzzed(value: unknown, texts: string[], times: number): unknown {
  let next = 0;
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === "string") return ownWords.has(key) && one !== "" ? one : texts[next++ % texts.length];
    if (Array.isArray(one))
      return Array.from({ length: one.length * times }, (_, index) => walk(one[index % one.length], key));
    if (typeof one !== "object" || one === null || one instanceof Date) return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return walk(value, "");
}

const legalTags = /^<(?:@U0[12]|!date\^\d+\^\{date_short_pretty\} \{time\}\|[^<>|]+)>$/;

function expectInert(rendered: unknown, text: string) {
  for (const one of [...liveTexts(rendered), text]) {
    for (const tag of one.match(/<[^>]*>?/g) ?? []) expect(tag).toMatch(legalTags);
  }
}

function problemsIn(blocks: unknown): string[] {
  const result = validateMessageBlocks(blocks);
  return result.kind === "valid" ? [] : result.messages;
}

const worlds = fc.tuple(fc.array(hostile, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 40 }));

/** In every place at once, so that no place is left to chance. */
const mentionEverywhere: [string[], number] = [["<!channel>"], 1];

describe("whatever the loops' texts contain", () => {
  it.each(cards.map((card) => [card.kind, card] as const))(
    "a %s card is one that Slack takes, with nothing live in it",
    (_, card) => {
      fc.assert(
        fc.property(worlds, ([texts, times]) => {
          const { text, blocks } = renderCard(fuzzed(card, texts, times) as Card, organisation);
          expect(problemsIn(blocks)).toEqual([]);
          expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(blockCharactersMax);
          expect(text.length).toBeLessThan(3000);
          expectInert(blocks, text);
        }),
        { numRuns: 40, examples: [[mentionEverywhere]] },
      );
    },
  );

  it.each(answers.map((answer) => [answer.kind, answer] as const))(
    "a %s answer is one that Slack takes, with nothing live in it",
    (_, answer) => {
      fc.assert(
        fc.property(worlds, ([texts, times]) => {
          const { text, blocks } = renderAnswer(fuzzed(answer, texts, times) as Answer, organisation);
          expect(problemsIn(blocks)).toEqual([]);
          expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(blockCharactersMax);
          expectInert(blocks, text);
        }),
        { numRuns: 40, examples: [[mentionEverywhere]] },
      );
    },
  );

  it("the home tab, the diff and the form for a decision are views that Slack takes", () => {
    fc.assert(
      fc.property(worlds, hostile, ([texts, times], diff) => {
        const overview = fuzzed(sample.overview, texts, times) as typeof sample.overview;
        const person = organisation.people[0];
        const home = renderHome(overview, organisation, { person, slackUserId: "U01", notice: texts[0] });
        expect(problemsOfView(home, "home")).toEqual([]);
        expectInert(home, "");
        const modal = diffView({ title: texts[0] ?? "", text: diff, isCut: false });
        expect(problemsOfView(modal, "modal")).toEqual([]);
        expectInert(modal, "");
        const decision = decisionModal("{}", texts[0] ?? "");
        expect(problemsOfView(decision, "modal")).toEqual([]);
        expectInert(decision, "");
      }),
      { numRuns: 40, examples: [[mentionEverywhere, "<!channel>"]] },
    );
  });

  it("keeps the buttons of a hold and says how much it left out", () => {
    const big = {
      ...sample.holdCard,
      evidence: Array.from({ length: 30 }, () => sample.holdCard.evidence).flat(),
    };
    const quotes = '"'.repeat(4000);
    const card = {
      ...big,
      why: quotes,
      verdict: quotes,
      conflicts: [sample.conflict, sample.conflict, sample.conflict],
    };

    const { blocks } = renderCard(card, organisation);

    expect(JSON.stringify(blocks)).toContain("hold_approve");
    expect(JSON.stringify(blocks)).toContain("1 more");
  });
});
