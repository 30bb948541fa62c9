import type { ActionsBlock } from "@slack/types";
import { type Conflict, type ConflictSide, otherOf } from "../../../domain/conflict.ts";
import { actionIds } from "./action-ids.ts";
import { actions, button, confirmation } from "./kit.ts";

const nameMax = 30;

/** A side in two or three words of plain text, told apart from the other. */
export function shortName(conflict: Conflict, side: "left" | "right"): string {
  const own = conflict[side];
  const other = conflict[otherOf(side)];
  if (own.decision !== undefined) return "the decision";
  if (own.loop !== undefined && own.loop !== other.loop) return `${own.loop.slice(0, nameMax)}'s`;
  return ownName(own);
}

const ownName = (side: ConflictSide): string =>
  side.sha === undefined ? (side.runId ?? "the other one") : `what landed (${side.sha.slice(0, 7)})`;

const isInFlight = (side: ConflictSide): boolean => side.sha === undefined && side.decision === undefined;

/** The buttons of an open conflict, at most four in a row. Their value is only its id: it says what is meant, and proves nothing. */
export function conflictButtons(conflict: Conflict): ActionsBlock[] {
  const { id, left, right } = conflict;
  const both = isInFlight(left) && isInFlight(right);
  return [
    actions(
      button(`Keep ${shortName(conflict, "left")}`, actionIds.conflictKeepLeft, id, sure(conflict, "left")),
      button(
        `Keep ${shortName(conflict, "right")}`,
        actionIds.conflictKeepRight,
        id,
        sure(conflict, "right"),
      ),
      button(both ? "Order them" : "Make it anew on top", actionIds.conflictOrder, id),
      button("Both are fine", actionIds.conflictBothFine, id, {
        confirm: confirmation(
          "Are both fine?",
          "Neither keeps the other from landing any more, and the same two never ask again.",
          { yes: "Both are fine", no: "Look again" },
        ),
      }),
    ),
    actions(
      // A conflict that stops has paused them.
      ...(conflict.severity === "stop" ? [] : [button("Pause both loops", actionIds.conflictPauseBoth, id)]),
      button("Ask the approvers", actionIds.conflictAsk, id),
    ),
  ];
}

function sure(conflict: Conflict, side: "left" | "right") {
  const kept = shortName(conflict, side);
  const lost = otherOf(side);
  const landing = isInFlight(conflict[side])
    ? " A question that waits about it is answered with yes, if it is yours to answer."
    : "";
  const losing = isInFlight(conflict[lost])
    ? ` The change on the other side does not land, and is not tried again.`
    : "";
  return {
    confirm: confirmation(`Keep ${kept}?`, `This one is right.${losing}${landing}`, {
      yes: "Keep it",
      no: "Look again",
    }),
  };
}
