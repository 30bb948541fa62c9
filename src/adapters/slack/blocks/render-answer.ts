import type { Answer } from "../../../domain/answer.ts";
import type { Organisation, Person } from "../../../domain/organisation.ts";
import { inboxParts, renderDigest } from "./digest-card.ts";
import { fitted, part, vital } from "./fitted.ts";
import { context, type Rendered, section, sentence } from "./kit.ts";
import { renderMemory } from "./memory.ts";
import { diffBlocks } from "./modals.ts";
import { overviewParts, overviewSummary } from "./overview.ts";
import { renderState } from "./state.ts";
import { stopLines } from "./stop-lines.ts";
import { renderTrace, renderWhy } from "./story.ts";
import { capped, code, counted, inline } from "./text.ts";
import { renderWho } from "./who.ts";

/** An answer as a message for the person who asked. */
export function renderAnswer(answer: Answer, org: Organisation, person?: Person): Rendered {
  switch (answer.kind) {
    case "done":
      return sentence(answer.text);
    case "refused":
      return sentence(answer.reason);
    case "help":
      return renderHelp(answer);
    case "status":
      return renderStatus(answer.overview, org, person);
    case "inbox":
      return renderInboxList(answer.items, org);
    case "digest":
      return renderDigest(answer.digest, org);
    case "trace":
      return renderTrace(answer.trace, org);
    case "why":
      return renderWhy(answer, org);
    case "who":
      return renderWho(answer.doing, org, person);
    case "state":
      return renderState(answer);
    case "memory":
      return renderMemory(answer, org);
    case "diff":
      return { text: `Diff: ${inline(answer.title, 200)}`, blocks: diffBlocks(answer) };
  }
}

function renderHelp(help: Extract<Answer, { kind: "help" }>): Rendered {
  const lines = capped(help.lines, 30, ({ usage, what }) => `${code(usage, 100)}  ${inline(what, 160)}`);
  const blocks = fitted(
    [
      help.note === undefined ? undefined : vital(section(inline(help.note, 500))),
      vital(section(...lines)),
      part(context("In threads, mention me instead: Slack has no slash commands there.")),
    ],
    "ask `/loom help`",
  );
  return { text: help.note === undefined ? "What I can do" : inline(help.note, 300), blocks };
}

function renderStatus(
  overview: Extract<Answer, { kind: "status" }>["overview"],
  org: Organisation,
  person?: Person,
): Rendered {
  const stopped = stopLines(overview, org);
  const blocks = fitted(
    [
      stopped.length === 0 ? undefined : vital(section(...stopped)),
      vital(section(overviewSummary(overview))),
      ...overviewParts(overview, org, person),
    ],
    "open my Home tab, or ask `/loom inbox`",
  );
  return { text: overviewSummary(overview), blocks };
}

function renderInboxList(items: Extract<Answer, { kind: "inbox" }>["items"], org: Organisation): Rendered {
  if (items.length === 0) return sentence("The inbox is empty.");
  const text = `${counted(items.length, "thing")} in the inbox`;
  return {
    text,
    blocks: fitted([vital(section(`*${text}*`)), ...inboxParts(items, org)], "settle these first"),
  };
}
