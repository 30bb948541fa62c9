import type { Change, LandedChange } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { Sha } from "../domain/ids.ts";
import { conflictId } from "../trace/fingerprint.ts";

type Blobs = Map<string, { before: Sha | null; after: Sha | null }>;

/**
 * Undo of a landed loop change, by returned blobs: for at least half of the landed change's paths and at least half of this
 * change's paths, the content after this change is the content before the landed one. A path that a rename vacates counts
 * as deleted, its new path as added; a deletion does not count when the content lives on at another path of the change.
 */
export function findUndone(change: Change, landed: LandedChange[]): Conflict[] {
  const mine = blobsOf(change.files);
  return landed
    .filter((other) => other.runId !== change.runId)
    .flatMap((other) => {
      const returned = returnedPaths(mine, blobsOf(other.files));
      if (returned.length * 2 < blobsOf(other.files).size || returned.length * 2 < mine.size) return [];
      return returned.length === 0 ? [] : [describe(change, other, returned)];
    });
}

function returnedPaths(mine: Blobs, theirs: Blobs): string[] {
  const kept = new Set([...mine.values()].map((blob) => blob.after));
  return [...mine].flatMap(([path, blob]) => {
    const landed = theirs.get(path);
    if (landed === undefined || blob.after !== landed.before || blob.after === blob.before) return [];
    const livesOn = blob.after === null && blob.before !== null && kept.has(blob.before);
    return livesOn ? [] : [path];
  });
}

function blobsOf(files: LandedChange["files"]): Blobs {
  const blobs: Blobs = new Map();
  for (const file of files) {
    if (file.from !== undefined) blobs.set(file.from, { before: file.before, after: null });
    blobs.set(file.path, { before: file.from === undefined ? file.before : null, after: file.after });
  }
  return blobs;
}

function describe(change: Change, landed: LandedChange, paths: string[]): Conflict {
  const approved = landed.approvedBy.length === 0 ? "" : `, approved by ${landed.approvedBy.join(" and ")}`;
  return {
    id: conflictId("undo", change.runId, landed.sha),
    kind: "undo",
    left: { loop: change.loop, runId: change.runId, title: change.title, intent: change.intent.why },
    right: {
      loop: landed.loop,
      runId: landed.runId,
      sha: landed.sha,
      title: landed.title,
      intent: landed.intent,
    },
    paths,
    evidence: [
      `${paths.join(", ")} would be exactly what ${paths.length === 1 ? "it was" : "they were"} before ${landed.sha.slice(0, 8)}.`,
      `${landed.loop} landed ${landed.sha.slice(0, 8)} on ${landed.at.toISOString().slice(0, 10)}${approved}.`,
    ],
  };
}
