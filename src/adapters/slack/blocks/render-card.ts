import type { Card } from "../../../domain/card.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { renderConflict } from "./conflict-card.ts";
import { renderDigest } from "./digest-card.ts";
import { fitted, vital } from "./fitted.ts";
import { renderHold } from "./hold-card.ts";
import { renderInbox } from "./inbox-card.ts";
import { context, type Rendered, section } from "./kit.ts";
import { renderRun } from "./run-card.ts";
import { inline, mentions, paragraph } from "./text.ts";

/** The message for a card, within Slack's limits and with nothing live in it but our own mentions and times. */
export function renderCard(card: Card, org: Organisation): Rendered {
  switch (card.kind) {
    case "notice":
      return renderNotice(card, org);
    case "run":
      return renderRun(card, org);
    case "hold":
      return renderHold(card, org);
    case "conflict":
      return renderConflict(card, org);
    case "inbox":
      return renderInbox(card, org);
    case "digest":
      return renderDigest(card.digest, org);
  }
}

const tones = { info: "", good: "✅ ", warning: "⚠️ " } satisfies Record<
  Extract<Card, { kind: "notice" }>["tone"],
  string
>;

function renderNotice(card: Extract<Card, { kind: "notice" }>, org: Organisation): Rendered {
  const blocks = fitted(
    [
      vital(section(`${tones[card.tone]}${paragraph(card.text, 1500)}`)),
      card.people.length === 0 ? undefined : vital(context(mentions(org, card.people))),
    ],
    "ask `/loom status`",
  );
  return { text: `${tones[card.tone]}${inline(card.text, 300)}`, blocks };
}
