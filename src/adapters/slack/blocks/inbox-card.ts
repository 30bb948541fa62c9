import type { ActionsBlock } from "@slack/types";
import type { Card } from "../../../domain/card.ts";
import type { InboxItem } from "../../../domain/inbox.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { actionIds } from "./action-ids.ts";
import { fitted, part, vital } from "./fitted.ts";
import { actions, button, context, type Rendered, section } from "./kit.ts";
import { capped, code, inline, mention, mentions, when } from "./text.ts";

const triedMax = 5;

export const inboxButtons = (item: InboxItem): ActionsBlock =>
  actions(
    button("Retry", actionIds.inboxRetry, item.findingId),
    button("Ignore", actionIds.inboxIgnore, item.findingId),
    button("Take it", actionIds.inboxTake, item.findingId),
  );

const settledWords = {
  retried: "🔁 Tried again",
  ignored: "Ignored",
  taken: "🙋 Taken",
  landed: "✅ Landed",
  gone: "✅ Not seen any more",
} satisfies Record<NonNullable<InboxItem["settled"]>["how"], string>;

const settledLine = (settled: NonNullable<InboxItem["settled"]>, org: Organisation): string =>
  `${settledWords[settled.how]} by ${mention(org, settled.by)}, ${when(settled.at, org)}`;

export function renderInbox(card: Extract<Card, { kind: "inbox" }>, org: Organisation): Rendered {
  const { item } = card;
  const { settled } = item;
  const asked = settled === undefined && card.people.length > 0 ? mentions(org, card.people) : undefined;
  const blocks = fitted(
    [
      vital(section(`📥 *${inline(item.title, 200)}*`, inline(item.reason, 400))),
      item.tried.length === 0
        ? undefined
        : part(section("*Tried*", ...capped(item.tried, triedMax, (one) => `• ${inline(one, 240)}`))),
      settled === undefined ? undefined : vital(section(settledLine(settled, org))),
      vital(
        context(
          asked,
          inline(item.loop, 60),
          code(item.findingId, 40),
          code(item.runId, 40),
          `since ${when(item.since, org)}`,
        ),
      ),
      settled === undefined ? vital(inboxButtons(item)) : undefined,
    ],
    "ask `/loom why`",
  );
  const state = settled === undefined ? "Needs a person" : `Settled (${settled.how})`;
  return { text: `${state}: ${inline(item.title, 200)}. ${inline(item.reason, 200)}`, blocks };
}
