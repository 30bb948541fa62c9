import picomatch from "picomatch";
import type { Change } from "../domain/change.ts";
import { changedPaths } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { MemoryEntry } from "../domain/memory.ts";
import { globOptions } from "../domain/path-glob.ts";
import { defaultSeverity } from "../domain/severity.ts";
import { conflictId } from "../trace/fingerprint.ts";

/**
 * A change against active decisions: it touches paths that a person's decision (or an accepted decision record) names, and does not
 * cite it. A landed change's own intent binds nobody who merely works in the same file; taking that change back is an undo. The answer to
 * a conflict is about that pair alone, and the pair does not ask again.
 */
export function againstDecisions(change: Change, decisions: MemoryEntry[]): Conflict[] {
  const cited = new Set((change.intent.cites ?? []).map((cite) => cite.decision));
  return decisions.flatMap((decision) => {
    const binds = decision.source.kind !== "change" && decision.source.kind !== "conflict";
    if (decision.kind !== "decision" || decision.state !== "active" || !binds) return [];
    const paths = touched(change, decision);
    if (paths.length === 0 || cited.has(decision.id)) return [];
    return describe(change, decision, paths);
  });
}

/** The changed paths that a decision's scope names; none when it is about the whole repository. */
export function touched(change: Pick<Change, "files">, decision: MemoryEntry): string[] {
  return pathsInScope(changedPaths(change.files), decision);
}

export function pathsInScope(paths: string[], { scope }: MemoryEntry): string[] {
  if (scope.paths.length === 0) return [];
  const globs = scope.paths.map((path) => (path.endsWith("/") ? `${path}**` : path));
  const isMatch = picomatch(globs, globOptions);
  return [...new Set(paths.filter((path) => scope.paths.includes(path) || isMatch(path)))];
}

const describe = (change: Change, decision: MemoryEntry, paths: string[]): Conflict => ({
  id: conflictId("decision", change.runId, decision.id),
  kind: "decision",
  severity: defaultSeverity.decision,
  left: { loop: change.loop, runId: change.runId, title: change.title, intent: change.intent.why },
  right: {
    decision: decision.id,
    title: `${decision.id}: ${decision.statement}`,
    intent: decision.reason || decision.statement,
  },
  paths,
  evidence: [
    `${decision.author} decided ${decision.id} on ${decision.at.toISOString().slice(0, 10)}: ${decision.statement}`,
    `The change touches ${paths.slice(0, 5).join(", ")} and does not cite it.`,
  ],
});
