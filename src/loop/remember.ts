import type { Change, LandedChange } from "../domain/change.ts";
import { changedPaths } from "../domain/change.ts";
import type { Hold } from "../domain/hold.ts";
import type { PersonId } from "../domain/ids.ts";
import type { Scope } from "../domain/memory.ts";
import { makeEntry } from "../memory/entries.ts";
import { memoryLimits } from "../memory/limits.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { OpenRun } from "./open-run.ts";

const scopeOf = (repository: string, paths: string[], tests: string[] = []): Scope => ({
  repository,
  paths,
  symbols: [],
  tests,
});

/** Keeps an entry that LoomStack itself words; one that memory refuses is said in the trace and costs nothing else. */
async function keep(run: OpenRun, tx: RecordTx, draft: Parameters<typeof makeEntry>[0]): Promise<void> {
  const made = makeEntry(draft);
  const kept = made.kind === "made" ? await tx.remember(made.entry, memoryLimits) : made;
  if (kept.kind === "refused") {
    await tx.append(run.event("memory.kept", { refused: kept.reason }));
    return;
  }
  const entry = kept.kind === "kept" ? kept.entry : kept.into;
  await tx.append(
    run.event("memory.kept", { entry: entry.id, statement: entry.statement, source: entry.source.kind }),
  );
}

/** A landed change's intent is a decision about what it deliberately changed; the decisions that it cites end with it. */
export async function rememberLanding(
  run: OpenRun,
  tx: RecordTx,
  landed: { change: Change; sha: string; against: string[] },
): Promise<void> {
  const { change, sha, against } = landed;
  const draft = {
    kind: "decision" as const,
    statement: change.intent.why.slice(0, memoryLimits.statementCharsMax),
    reason: "",
    scope: scopeOf(change.repository, changedPaths(change.files), change.intent.deliberateTests),
    author: change.loop,
    source: { kind: "change" as const, ref: sha },
    at: run.ports.now(),
  };
  const made = makeEntry(draft);
  for (const id of against)
    await tx.endEntry(id, "superseded", made.kind === "made" ? made.entry.id : undefined);
  await keep(run, tx, draft);
}

/** A loop's landed change from before this record, met when another change would take it back. */
export async function rememberMet(run: OpenRun, tx: RecordTx, landed: LandedChange): Promise<void> {
  const statement = (landed.intent === "" ? landed.title : landed.intent).slice(
    0,
    memoryLimits.statementCharsMax,
  );
  await keep(run, tx, {
    kind: "decision",
    statement,
    reason: landed.approvedBy.length === 0 ? "" : `Approved by ${landed.approvedBy.join(" and ")}.`,
    scope: scopeOf(
      landed.repository,
      landed.files.map((file) => file.path),
    ),
    author: landed.loop,
    source: { kind: "change", ref: landed.sha },
    at: landed.at,
  });
}

/** What people turned down is a lesson for the next run. */
export async function rememberRejection(
  run: OpenRun,
  tx: RecordTx,
  rejected: { by: PersonId; note: string; change: Change; hold: Hold | undefined },
): Promise<void> {
  const { by, note, change, hold } = rejected;
  const scope = scopeOf(
    change.repository,
    changedPaths(change.files),
    run.finding.finding.test === undefined ? [] : [run.finding.finding.test],
  );
  const source = { kind: "hold" as const, ref: hold?.id ?? run.run.id };
  const at = run.ports.now();
  await keep(run, tx, {
    kind: "lesson",
    statement: `Rejected: ${change.title}`.slice(0, memoryLimits.statementCharsMax),
    reason: note,
    scope,
    author: by,
    source,
    at,
  });
}

/** What a run found out that the next one should not pay for again. */
export async function rememberLesson(
  run: OpenRun,
  tx: RecordTx,
  lesson: { statement: string; paths: string[]; author: string },
): Promise<void> {
  const tests = run.finding.finding.test === undefined ? [] : [run.finding.finding.test];
  await keep(run, tx, {
    kind: "lesson",
    statement: lesson.statement.slice(0, memoryLimits.statementCharsMax),
    reason: "",
    scope: scopeOf(run.repository.name, lesson.paths, tests),
    author: lesson.author,
    source: { kind: "run", ref: run.run.id },
    at: run.ports.now(),
  });
}
