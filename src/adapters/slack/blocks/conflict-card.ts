import type { Card } from "../../../domain/card.ts";
import type { Conflict, ConflictKind, ConflictSide } from "../../../domain/conflict.ts";
import type { RunId } from "../../../domain/ids.ts";
import type { Organisation } from "../../../domain/organisation.ts";
import { fitted, part, vital } from "./fitted.ts";
import { context, type Rendered, section } from "./kit.ts";
import { capped, code, inline, joined, mentions, shortSha } from "./text.ts";

const pathsMax = 6;
const evidenceMax = 4;

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

const namedConflict = {
  undo: "Conflict of intent",
  textual: "Merge conflict",
  decision: "Contradicts a decision",
} satisfies Record<ConflictKind, string>;

/** What is wrong, from the point of view of one run's change. */
export function conflictHeadline(conflict: Conflict, runId?: RunId): string {
  const other = otherSide(conflict, runId);
  // A decision is nobody's change: its title says which one it is.
  if (conflict.kind === "decision") return `Goes against ${inline(other.title, 240)} without citing it`;
  const what = conflict.kind === "undo" ? "Undoes a deliberate change by" : "Cannot be merged together with";
  return `${what} ${sideName(other)}: ${inline(other.title, 160)}`;
}

/** A conflict inside another card: what is wrong, what both sides mean, and how that is known. */
export function conflictLines(conflict: Conflict, runId?: RunId): string {
  const other = otherSide(conflict, runId);
  const own = sideOpposite(conflict, other);
  const meant = other.loop === undefined ? "It means" : `${inline(other.loop, 60)} meant`;
  return [
    `⚠️ *${namedConflict[conflict.kind]}*`,
    conflictHeadline(conflict, runId),
    `> ${conflict.kind === "decision" ? "The decision" : meant}: ${inline(other.intent, 240)}`,
    `> This change means: ${inline(own.intent, 240)}`,
    ...capped(conflict.evidence, evidenceMax, (sentence) => `• ${inline(sentence, 200)}`),
  ].join("\n");
}

export const conflictBrief = (conflict: Conflict): string => {
  const other = otherSide(conflict);
  const own = sideOpposite(conflict, other);
  switch (conflict.kind) {
    case "undo":
      return `${sideName(own)} would undo ${sideName(other)}: ${inline(own.title, 140)}`;
    case "textual":
      return `${sideName(own)} and ${sideName(other)} do not merge: ${inline(own.title, 140)}`;
    case "decision":
      return `${sideName(own)} contradicts a decision: ${inline(other.title, 140)}`;
  }
};

const cardTitles = {
  undo: "A new change would take back a deliberate one",
  textual: "Two changes do not merge",
  decision: "A new change contradicts a decision",
} satisfies Record<ConflictKind, string>;

export function renderConflict(card: Extract<Card, { kind: "conflict" }>, org: Organisation): Rendered {
  const { conflict } = card;
  const other = otherSide(conflict);
  const own = sideOpposite(conflict, other);
  const otherName = conflict.kind === "decision" ? "*Decided*" : sideName(other);
  const blocks = fitted(
    [
      vital(section(`⚠️ *${cardTitles[conflict.kind]}*`)),
      vital(section(`${otherName}: ${inline(other.title, 160)}`, `> ${inline(other.intent, 400)}`)),
      vital(section(`${sideName(own)}: ${inline(own.title, 160)}`, `> ${inline(own.intent, 400)}`)),
      conflict.evidence.length === 0
        ? undefined
        : part(section(...capped(conflict.evidence, evidenceMax, (one) => `• ${inline(one, 300)}`))),
      conflict.paths.length === 0
        ? undefined
        : part(context(joined(capped(conflict.paths, pathsMax, (path) => code(path))))),
      vital(
        context(
          card.people.length === 0 ? undefined : `For ${mentions(org, card.people)}`,
          card.note === "" ? undefined : inline(card.note, 300),
        ),
      ),
    ],
    "ask `/loom status`",
  );
  return { text: `Conflict: ${conflictBrief(conflict)}`, blocks };
}
