import type { Hold } from "../../../domain/hold.ts";
import type { HoldId } from "../../../domain/ids.ts";

/** What buttons and modals are called on the wire. Messages already posted carry these, so they never change. */
export const actionIds = {
  holdApprove: "hold_approve",
  holdReject: "hold_reject",
  holdDiff: "hold_diff",
  inboxRetry: "inbox_retry",
  inboxIgnore: "inbox_ignore",
  inboxTake: "inbox_take",
  conflictKeepLeft: "conflict_keep_left",
  conflictKeepRight: "conflict_keep_right",
  conflictOrder: "conflict_order",
  conflictBothFine: "conflict_both_fine",
  conflictPauseBoth: "conflict_pause_both",
  conflictAsk: "conflict_ask",
  claimRelease: "claim_release",
  homePause: "home_pause",
  homeResume: "home_resume",
  homeRefresh: "home_refresh",
} as const;

export const callbackIds = {
  rejectNote: "reject_note",
  diff: "diff",
  /** The message shortcut of the manifest, and the form that it opens. */
  remember: "remember_decision",
  decision: "decision",
} as const;

/** Where the rejection's note stands in the modal's state. */
export const noteInput = { blockId: "note", actionId: "text", charactersMax: 1000 } as const;

/** Where the parts of a decision stand in the modal's state. */
export const decisionInputs = {
  statement: { blockId: "statement", actionId: "statement" },
  reason: { blockId: "reason", actionId: "reason" },
  paths: { blockId: "paths", actionId: "paths" },
} as const;

/**
 * What the buttons of a hold carry: which hold, and which state of the change their message shows. It says what is meant and proves
 * nothing: who may, and whether that is what waits, is looked up behind the door.
 */
export const holdValue = ({ id, digest }: Pick<Hold, "id" | "digest">): string =>
  `${id}:${digest.slice(0, digestCharacters)}`;

const digestCharacters = 16;

/** Buttons of older messages carry no digest; the answer to them is that they are too old. */
export function readHoldValue(value: string): { holdId: HoldId; digest: string } {
  const [holdId = "", digest = ""] = value.split(":");
  return { holdId, digest };
}
