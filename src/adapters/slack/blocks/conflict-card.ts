import type { ConflictCard } from "../../../domain/card.ts";
import { type Conflict, type ConflictAnswer, type ConflictSide, keptSide } from "../../../domain/conflict.ts";
import type { RunId } from "../../../domain/ids.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { isHolding } from "../../../domain/severity.ts";
import { conflictButtons, shortName } from "./conflict-buttons.ts";
import { conflictWords, sentenceCase } from "./conflict-words.ts";
import { fitted, part, vital } from "./fitted.ts";
import { context, type Rendered, section } from "./kit.ts";
import { capped, code, inline, joined, mention, mentions, shortSha, when } from "./text.ts";

const pathsMax = 6;
const evidenceMax = 5;

/** One side said so that a person finds it again: whose, what, which commit or run. */
export function sideName(side: ConflictSide): string {
  const whose = side.loop === undefined ? "the target branch" : `*${inline(side.loop, 60)}*`;
  if (side.sha !== undefined) return `${whose} (landed ${shortSha(side.sha)})`;
  return side.runId === undefined ? whose : `${whose} (${code(side.runId, 40)})`;
}

/** The side that is not this run's; for an undo without a run, the one that landed. */
export function otherSide(conflict: Conflict, runId?: RunId): ConflictSide {
  if (runId !== undefined && conflict.left.runId === runId) return conflict.right;
  if (runId !== undefined && conflict.right.runId === runId) return conflict.left;
  return conflict.right.sha !== undefined || conflict.left.sha === undefined ? conflict.right : conflict.left;
}

const sideOpposite = (conflict: Conflict, side: ConflictSide): ConflictSide =>
  side === conflict.left ? conflict.right : conflict.left;

/** What is wrong, from the point of view of one run's change. */
export function conflictHeadline(conflict: Conflict, runId?: RunId): string {
  const other = otherSide(conflict, runId);
  // A decision is nobody's change: its title says which one it is.
  if (conflict.kind === "decision") return `Goes against ${inline(other.title, 240)} without citing it`;
  const what = sentenceCase(conflictWords[conflict.kind].against);
  return `${what} ${sideName(other)}: ${inline(other.title, 160)}`;
}

/** A conflict inside the card of one run, which says what that one means: what is wrong, what the other means, and how that is known. */
export function conflictLines(conflict: Conflict, runId: RunId): string {
  const other = otherSide(conflict, runId);
  const meant = other.loop === undefined ? "It means" : `${inline(other.loop, 60)} meant`;
  return [
    `⚠️ *${conflictWords[conflict.kind].name}*`,
    conflictHeadline(conflict, runId),
    `> ${conflict.kind === "decision" ? "The decision" : meant}: ${inline(other.intent, 240)}`,
    ...capped(conflict.evidence, evidenceMax, (sentence) => `• ${inline(sentence, 200)}`),
  ].join("\n");
}

const conflictBrief = (conflict: Conflict): string => {
  const other = otherSide(conflict);
  const own = sideOpposite(conflict, other);
  if (conflict.kind === "decision")
    return `${sideName(own)} contradicts a decision: ${inline(other.title, 140)}`;
  return `${sideName(own)} ${conflictWords[conflict.kind].against} ${sideName(other)}: ${inline(own.title, 140)}`;
};

/** In a list: with the id that an answer in a terminal names. */
export const conflictLine = (conflict: Conflict): string =>
  `${conflictBrief(conflict)}  ·  ${code(conflict.id, 40)}`;

/** One side with its intent, unless its title says it already. */
function sideLines(name: string, { title, intent }: ConflictSide): string {
  const said = inline(title, 160);
  const meant = inline(intent, 400);
  return `${name}: ${said}${said.endsWith(meant) ? "" : `\n> ${meant}`}`;
}

/** What became of a conflict, and what people did with it meanwhile. */
function progress({ conflict, steps = [], answer }: ConflictCard, org: Organisation): string[] {
  const note = (text: string) => (text === "" ? "" : `: ${inline(text, 300)}`);
  const taken = steps.map(
    (one) => `${stepWords[one.step]} by ${mention(org, one.by)}, ${when(one.at, org)}${note(one.note)}`,
  );
  if (answer === undefined) return taken;
  const kept = keptSide(answer.answer);
  const what =
    kept === null ? answerWords[answer.answer] : `✅ Kept ${inline(shortName(conflict, kept), 60)}`;
  const kind = `${what}, by ${mention(org, answer.by)}, ${when(answer.at, org)}${note(answer.note)}`;
  return [
    ...taken,
    answer.decision === undefined ? kind : `${kind}  ·  remembered as ${code(answer.decision, 20)}`,
  ];
}

const stepWords = { "pause-both": "⏸️ Both loops paused", ask: "🙋 The approvers were asked" };
const answerWords: Record<ConflictAnswer, string> = {
  "keep-left": "✅ Kept",
  "keep-right": "✅ Kept",
  order: "✅ One after the other",
  "both-fine": "✅ Both are fine",
};

export function renderConflict(card: ConflictCard, org: Organisation): Rendered {
  const { conflict, state = "over" } = card;
  const other = otherSide(conflict);
  const own = sideOpposite(conflict, other);
  const otherName = conflict.kind === "decision" ? "*Decided*" : sideName(other);
  const isAsked = state === "open" && isHolding(conflict);
  const settled = progress(card, org);
  const blocks = fitted(
    [
      vital(section(`${state === "open" ? "⚠️ " : ""}*${conflictWords[conflict.kind].title}*`)),
      vital(section(sideLines(otherName, other))),
      vital(section(sideLines(sideName(own), own))),
      conflict.evidence.length === 0
        ? undefined
        : part(section(...capped(conflict.evidence, evidenceMax, (one) => `• ${inline(one, 300)}`))),
      settled.length === 0 ? undefined : vital(section(...settled)),
      conflict.paths.length === 0
        ? undefined
        : part(context(joined(capped(conflict.paths, pathsMax, (path) => code(path))))),
      vital(
        context(
          card.people.length === 0 ? undefined : `For ${mentions(org, card.people)}`,
          card.note === "" ? undefined : inline(card.note, 300),
          code(conflict.id, 40),
        ),
      ),
      isAsked ? vital(...conflictButtons(conflict)) : undefined,
    ],
    "ask `/loom status`",
  );
  const word = card.answer === undefined ? "Conflict" : "Settled";
  return { text: `${word}: ${conflictBrief(conflict)}`, blocks };
}
