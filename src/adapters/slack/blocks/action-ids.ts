/** What buttons and modals are called on the wire. Messages already posted carry these, so they never change. */
export const actionIds = {
  holdApprove: "hold_approve",
  holdReject: "hold_reject",
  holdDiff: "hold_diff",
  inboxRetry: "inbox_retry",
  inboxIgnore: "inbox_ignore",
  inboxTake: "inbox_take",
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
