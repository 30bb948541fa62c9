import type { RepositoryName, Sha } from "../domain/ids.ts";
import type { EntryId } from "../domain/memory.ts";
import type { RecordStore } from "../ports/record.ts";

const entriesMax = 2000;

/**
 * The decisions that supersede the intents of landed changes, by the commit that landed: directly, or by superseding what did. Only
 * the last of a chain is still in force, so only that one may be cited.
 */
export async function supersededIntents(
  record: RecordStore,
  repository: RepositoryName,
): Promise<Map<Sha, Set<EntryId>>> {
  const query = { repository, kind: "decision", state: "superseded", limit: entriesMax } as const;
  const ended = new Map((await record.entries(query)).map((entry) => [entry.id, entry]));
  const superseded = new Map<Sha, Set<EntryId>>();
  for (const entry of ended.values()) {
    if (entry.source.kind !== "change") continue;
    const last = lastOf(entry.supersededBy, (id) => ended.get(id)?.supersededBy);
    if (last === undefined) continue;
    superseded.set(entry.source.ref, (superseded.get(entry.source.ref) ?? new Set()).add(last));
  }
  return superseded;
}

function lastOf(first: EntryId | undefined, next: (id: EntryId) => EntryId | undefined): EntryId | undefined {
  let last = first;
  for (let steps = 0; last !== undefined && steps < entriesMax; steps += 1) {
    const later = next(last);
    if (later === undefined) return last;
    last = later;
  }
  return last;
}
