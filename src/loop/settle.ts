import type { Answer } from "../domain/answer.ts";
import type { FindingState } from "../domain/finding.ts";
import type { FindingId, PersonId } from "../domain/ids.ts";
import type { Ports } from "../ports.ts";

const words = { retry: "retried", ignore: "ignored", take: "taken" } as const;

/** What a person decides about a finding that the loops could not settle: try again, leave it, or do it themselves. */
export async function settle(
  ports: Ports,
  by: PersonId,
  how: keyof typeof words,
  findingId: FindingId,
): Promise<Answer> {
  const state = await ports.record.finding(findingId);
  if (state === null)
    return {
      kind: "refused",
      reason: `There is no finding "${findingId.slice(0, 40)}"; \`inbox\` shows their ids.`,
    };
  const { finding, loop } = state;
  if (state.fate === "claimed" || state.fate === "held") {
    return {
      kind: "refused",
      reason: `${loop} works on it now (${state.runId ?? "?"}); \`why ${findingId}\` shows where it is.`,
    };
  }
  // What landed has only its deployment left to look at: the finding itself is done with.
  const isLanded = state.fate === "landed";
  if (how === "retry" && isLanded)
    return {
      kind: "refused",
      reason:
        "It has landed; a new run would find nothing to mend. Deploy it by hand, or let the next landing bring it.",
    };
  if (how === "retry") {
    const full = await whyNoMore(ports, state);
    if (full !== null) return { kind: "refused", reason: full };
  }
  const item = (await ports.record.inbox()).find((one) => one.findingId === findingId);
  const at = ports.now();
  const settled = { how: words[how], by, at };
  await ports.record.transact(async (tx) => {
    await tx.settleInbox(findingId, settled);
    await tx.append({
      type: "inbox.settled",
      at,
      by,
      findingId,
      loop,
      repository: finding.repository,
      data: { how: words[how] },
    });
    if (item !== undefined) {
      await tx.say({
        key: `inbox:${findingId}:${item.runId}`,
        channel:
          ports.definitions.loops().find((one) => one.name === loop)?.channel ??
          ports.definitions.organisation().digest.channel,
        card: { kind: "inbox", item: { ...item, settled }, people: [] },
      });
    }
    if (isLanded) return;
    if (how !== "retry")
      return tx.setFate(findingId, "ignored", {
        note: { at, by, text: how === "take" ? `${by} does it` : `${by} ignores it` },
      });
    await tx.setFate(findingId, "open", { attempts: 0 });
    const run = { id: ports.newId("r"), loop, findingId, repository: finding.repository, startedAt: at };
    await tx.openRun(run);
  });
  return {
    kind: "done",
    text: {
      retry: `${loop} tries "${finding.title}" again.`,
      ignore: isLanded
        ? `"${finding.title}" has landed and stays as it is.`
        : `"${finding.title}" is ignored and not raised again.`,
      take: `"${finding.title}" is yours; the loops leave it.`,
    }[how],
  };
}

/** A finding has a limit over all its runs: what people turned down so often, or what cost so much, is theirs. */
async function whyNoMore(ports: Ports, { finding, loop }: FindingState): Promise<string | null> {
  const limits = ports.definitions.loops().find((one) => one.name === loop)?.limits;
  if (limits === undefined) return null;
  const totals = await ports.record.findingTotals(finding.id);
  if (totals.rejected >= limits.reviewRoundsMax) {
    return `${totals.rejected} changes for it were turned down; limits.review_rounds is ${limits.reviewRoundsMax}. Take it, or raise the limit in loop.yml.`;
  }
  if (totals.costUsd < limits.findingCostUsdMax) return null;
  return `Its runs cost ${totals.costUsd} USD; limits.finding_cost_usd is ${limits.findingCostUsdMax}. Take it, or raise the limit in loop.yml.`;
}
