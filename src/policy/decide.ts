import type { ChangedFile } from "../domain/change.ts";
import { changedLines } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { GroupName } from "../domain/ids.ts";
import type { LoopLimits } from "../domain/loop.ts";
import type { Reason, Ruling } from "../domain/ruling.ts";

export interface LandingFacts {
  loop: string;
  isTrusted: boolean;
  /** Who approves in this repository. */
  approvers: GroupName;
  files: ChangedFile[];
  conflicts: Conflict[];
  limits: Pick<LoopLimits, "filesMax" | "linesMax">;
}

/**
 * The ruling on landing one change. Sizes over the loop's own limits are denied; a conflict is always for people, trusted
 * loop or not; all else is held for the repository's approvers unless `org.yml` lists the loop as trusted.
 */
export function decide(facts: LandingFacts): Ruling {
  const tooBig = sizeReasons(facts);
  if (tooBig.length > 0) return { kind: "deny", reasons: tooBig };

  const conflicts = facts.conflicts.map(conflictReason);
  if (conflicts.length > 0) return { kind: "hold", group: facts.approvers, reasons: conflicts };
  if (facts.isTrusted) {
    return {
      kind: "allow",
      reasons: [{ rule: "trusted-loop", text: `org.yml trusts ${facts.loop} to land.` }],
    };
  }
  const reason = {
    rule: "every-change",
    text: `Every change of ${facts.loop} is approved by ${facts.approvers}.`,
  };
  return { kind: "hold", group: facts.approvers, reasons: [reason] };
}

function sizeReasons(facts: LandingFacts): Reason[] {
  const lines = changedLines(facts.files);
  const { filesMax, linesMax } = facts.limits;
  return [
    ...(facts.files.length > filesMax
      ? [{ rule: "files-max", text: `${facts.files.length} files changed; the loop's limit is ${filesMax}.` }]
      : []),
    ...(lines > linesMax
      ? [{ rule: "lines-max", text: `${lines} lines changed; the loop's limit is ${linesMax}.` }]
      : []),
  ];
}

function conflictReason(conflict: Conflict): Reason {
  const other = conflict.right.loop ?? "somebody";
  const text =
    conflict.kind === "undo"
      ? `It undoes a deliberate change by ${other} (${(conflict.right.sha ?? "").slice(0, 8)}): ${conflict.right.intent}`
      : `It cannot land together with ${other}'s open change "${conflict.right.title}".`;
  return { rule: `conflict-${conflict.kind}`, text };
}
