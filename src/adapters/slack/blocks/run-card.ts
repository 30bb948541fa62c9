import type { CardStep, RunCard } from "../../../domain/card.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import type { Deployment, Outcome } from "../../../domain/run.ts";
import { fitted, vital } from "./fitted.ts";
import { context, type Rendered, section } from "./kit.ts";
import { capped, code, duration, inline, mentions, shortSha, when } from "./text.ts";

const marks = { done: "✓", now: "●", waiting: "○", stopped: "✕" } satisfies Record<CardStep["state"], string>;
const triedMax = 3;

/** One line for the step a reader wants to know of; finished steps are only ticked. */
function stepText(step: CardStep, isOver: boolean): string {
  // Once it is over, the outcome below says why it stopped here.
  const isSaid = step.state === "done" || step.note === "" || (isOver && step.state === "stopped");
  const note = isSaid ? "" : `: ${inline(step.note, 120)}`;
  const name = step.state === "now" ? `*${step.step}*` : step.step;
  return `${marks[step.state]} ${name}${note}`;
}

/** How a run ended, as one line that notifies nobody twice: cards are updated in place. */
export function outcomeLines(outcome: Outcome, org: Organisation): string[] {
  switch (outcome.kind) {
    case "landed": {
      const by = outcome.approvedBy.length === 0 ? "" : `, approved by ${mentions(org, outcome.approvedBy)}`;
      return [
        `✅ Landed as ${shortSha(outcome.sha)}${by}`,
        ...(outcome.deployment === undefined ? [] : [deploymentLine(outcome.deployment)]),
      ];
    }
    case "rejected":
      return [`🚫 Rejected by ${mentions(org, [outcome.by])}: ${inline(outcome.note, 300)}`];
    case "gave-up":
      return [
        `⚠️ Gave up: ${inline(outcome.reason, 300)}`,
        ...capped(outcome.tried, triedMax, (one) => `• tried: ${inline(one, 160)}`),
      ];
    case "stopped":
      return [`⏹️ Stopped: ${inline(outcome.reason, 300)}`];
  }
}

const deploymentLine = (deployment: Deployment): string =>
  deployment.kind === "deployed"
    ? `🚀 Deployed to ${inline(deployment.to, 64)}`
    : `⚠️ Not deployed to ${inline(deployment.to, 64)}: ${inline(deployment.reason, 300)}`;

const verbs = {
  landed: "landed",
  rejected: "was rejected",
  "gave-up": "gave up",
  stopped: "stopped",
} satisfies Record<Outcome["kind"], string>;

export function renderRun(card: RunCard, org: Organisation): Rendered {
  const took =
    card.endedAt === undefined
      ? `since ${when(card.startedAt, org)}`
      : `took ${duration(card.endedAt.getTime() - card.startedAt.getTime())}`;
  const blocks = fitted(
    [
      vital(section(`*${inline(card.loop, 60)}* · ${inline(card.title, 240)}`)),
      vital(context(card.steps.map((step) => stepText(step, card.outcome !== undefined)).join("  ·  "))),
      card.outcome === undefined ? undefined : vital(section(...outcomeLines(card.outcome, org))),
      vital(context(inline(card.repository, 60), code(card.runId, 40), code(card.findingId, 40), took)),
    ],
    "ask `/loom why`",
  );
  const isDeploying = card.steps.some((one) => one.step === "deploy");
  const verb =
    card.outcome === undefined
      ? isDeploying
        ? "landed, and deploys"
        : "works on"
      : verbs[card.outcome.kind];
  return { text: `${inline(card.loop, 60)} ${verb}: ${inline(card.title, 240)}`, blocks };
}
