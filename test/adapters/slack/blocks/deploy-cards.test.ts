import { expect, it } from "vitest";
import { renderAnswer } from "../../../../src/adapters/slack/blocks/render-answer.ts";
import { renderCard } from "../../../../src/adapters/slack/blocks/render-card.ts";
import type { Card, RunCard } from "../../../../src/domain/card.ts";
import type { Deployment } from "../../../../src/domain/run.ts";
import * as sample from "../samples.ts";
import { seen } from "../seen.ts";

const { organisation } = sample;

const cardText = (card: Card): string => {
  const { text, blocks } = renderCard(card, organisation);
  return `${text}\n---\n${seen(blocks)}`;
};

const landed = (deployment: Deployment): RunCard => ({
  ...sample.runCard,
  endedAt: new Date(sample.at.getTime() + 42_000),
  outcome: { kind: "landed", sha: "4f2c1aa".padEnd(40, "0"), approvedBy: [], deployment },
});

it("a run that landed says when it deploys, and by which rule", () => {
  const note = "until Tue 3 Mar, 07:00 (policy: deploy-window)";
  const steps: RunCard["steps"] = [
    { step: "land", state: "done", note: "4f2c1aa0" },
    { step: "deploy", state: "waiting", note },
  ];
  const text = cardText({ ...sample.runCard, steps });

  expect(text).toContain("triage landed, and deploys: restock keeps the order fails");
  expect(text).toContain(`(✓ land  ·  ○ deploy: ${note})`);
});

it("a run that ended says whether it was deployed, and else why not", () => {
  expect(cardText(landed({ kind: "deployed", to: "production" }))).toContain(
    "✅ Landed as `4f2c1aa`\n🚀 Deployed to production",
  );
  const reason = "ben decided against it: <not> today";
  const left = landed({ kind: "not-deployed", to: "production", reason, isForPeople: false });
  expect(cardText(left)).toContain("⚠️ Not deployed to production: ben decided against it: &lt;not&gt; today");
});

it("asks about a deployment, not about a landing", () => {
  const card = cardText({ ...sample.holdCard, hold: { ...sample.hold, environment: "production" } });
  expect(card).toContain("Approve deploying to production? triage");
  expect(card).not.toContain("landing");
});

it("a digest counts what was deployed, when anything was", () => {
  const digestText = (deployed: number) =>
    cardText({ kind: "digest", digest: { ...sample.digest, deployed } });
  expect(digestText(2)).toContain("1 landed, 2 deployed, 1 given up");
  expect(digestText(0)).not.toContain("deployed");
});

it("a trace names the deployment", () => {
  const trace = { ...sample.trace, deployment: "to production, 2026-03-03T06:00:01.000Z" };
  const { blocks } = renderAnswer({ kind: "trace", trace }, organisation);
  expect(seen(blocks)).toContain("*Deployed*  to production, 2026-03-03T06:00:01.000Z");
});
