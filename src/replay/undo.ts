import { isRoutine } from "../coordination/generated.ts";
import { findUndos, type Undo } from "../coordination/undo.ts";
import { openUndoIndex } from "../coordination/undo-index.ts";
import type { ChangeRecord, HistoricChange } from "../domain/change-record.ts";
import type { Sha } from "../domain/ids.ts";
import { isTestPath } from "../domain/test-path.ts";

/** One commit that would have been held. Contents and authors decide; no message is read. */
export interface UndoRow {
  sha: Sha;
  /** The fullest undo first. */
  undoes: Sha[];
  rule: Undo["rule"];
  paths: string[];
  /** One of the undone is another author's. */
  crossAuthor: boolean;
  /** It touches tests only. */
  testOnly: boolean;
  /** It touches change logs, lock files, manifests, snapshots and the like only. */
  generated: boolean;
  /** One of the undone had undone something itself. */
  pingPong: boolean;
}

export interface Replayed {
  change: HistoricChange;
  /** Null for a commit that takes nothing back. */
  row: UndoRow | null;
  undos: Undo[];
  /** Of the comparison alone, without git's reading. */
  ms: number;
}

/** `remembered` so many changes at the beginning, and those up to `judgedAfter`, are not judged: what came before a replay, or a stop. */
export interface UndoWish {
  lookback: number;
  clock: () => number;
  remembered?: number;
  judgedAfter?: Sha | undefined;
}

/** Every change as it would have met the `lookback` changes before it, in their order. */
export async function* replayUndo(
  changes: AsyncIterable<HistoricChange>,
  { lookback, clock, remembered = 0, judgedAfter }: UndoWish,
): AsyncGenerator<Replayed, void> {
  const index = openUndoIndex({ changesMax: lookback * 2 });
  const authors = new Map<Sha, string>();
  let seen = 0;
  let isBehind = judgedAfter === undefined;
  for await (const change of changes) {
    if (isBehind && seen >= remembered) {
      const start = clock();
      const undos = findUndos(change, index, { lookback });
      const ms = clock() - start;
      yield { change, row: undos.length === 0 ? null : rowOf(change, undos, authors), undos, ms };
    }
    seen += 1;
    isBehind ||= change.sha === judgedAfter;
    index.add(change);
    authors.set(change.sha, change.author);
    for (const oldest of authors.keys()) {
      if (authors.size <= lookback * 2) break;
      authors.delete(oldest);
    }
  }
  if (!isBehind) throw new Error(`going on after ${judgedAfter}: it is not in this history; replay it anew`);
}

function rowOf({ sha, author, record }: HistoricChange, undos: Undo[], authors: Map<Sha, string>): UndoRow {
  const [fullest] = undos;
  const touched = pathsOf(record);
  return {
    sha,
    undoes: undos.map((undo) => undo.sha),
    rule: fullest?.rule ?? "T1",
    paths: [...new Set(undos.flatMap((undo) => undo.paths))],
    crossAuthor: undos.some((undo) => authors.get(undo.sha) !== author),
    testOnly: touched.every(isTestPath),
    generated: touched.every(isRoutine),
    pingPong: undos.some((undo) => undo.undoes.length > 0),
  };
}

const pathsOf = ({ files }: ChangeRecord): string[] =>
  files.flatMap((file) => (file.from === undefined ? [file.path] : [file.from, file.path]));
