import { createHash } from "node:crypto";
import type { EntryId, EntrySource, MemoryEntry, Scope } from "../domain/memory.ts";
import { cleanText } from "./clean-text.ts";
import { memoryLimits } from "./limits.ts";

interface Draft {
  kind: MemoryEntry["kind"];
  statement: string;
  reason: string;
  scope: Scope;
  author: string;
  source: EntrySource;
  at: Date;
}

export type MadeEntry = { kind: "made"; entry: MemoryEntry } | { kind: "refused"; reason: string };

/** An entry from words of people, loops or agents: cleaned and bounded, or the reason why it cannot be kept. The same source makes the same id. */
export function makeEntry(draft: Draft): MadeEntry {
  const statement = cleanText(draft.statement, memoryLimits.statementCharsMax);
  if (statement.kind === "refused")
    return { kind: "refused", reason: `the statement cannot be kept: ${statement.reason}` };
  const reason =
    draft.reason.trim() === ""
      ? { kind: "clean" as const, text: "" }
      : cleanText(draft.reason, memoryLimits.reasonCharsMax);
  if (reason.kind === "refused")
    return { kind: "refused", reason: `the reason cannot be kept: ${reason.reason}` };
  const entry: MemoryEntry = {
    ...draft,
    id: entryId(draft.kind, [draft.scope.repository, draft.source.kind, draft.source.ref, statement.text]),
    statement: statement.text,
    reason: reason.text,
    scope: { ...draft.scope, paths: draft.scope.paths.slice(0, memoryLimits.pathsMax) },
    state: "active",
    hits: 0,
  };
  return { kind: "made", entry };
}

const entryId = (kind: MemoryEntry["kind"], parts: string[]): EntryId => {
  const digest = createHash("sha256").update(parts.join("\0")).digest("hex");
  return `${kind === "decision" ? "d" : "l"}-${digest.slice(0, 8)}`;
};
