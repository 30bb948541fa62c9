import { contractNotes } from "../coordination/contract-notes.ts";
import type { Change } from "../domain/change.ts";
import type { ChangeRecord } from "../domain/change-record.ts";
import type { FindingId } from "../domain/ids.ts";
import type { OpenRun } from "./open-run.ts";

/** A change in flight, with its record. */
export interface InFlight {
  change: Change;
  record: ChangeRecord;
}

/**
 * What each of two changes in flight must know of the other: the functions that it calls and whose parameters the other changes. Kept
 * as notes on the findings, which the next prompt shows as data; each once.
 */
export async function noteContracts(run: OpenRun, mine: InFlight, others: InFlight[]): Promise<void> {
  const from = { symbols: run.ports.symbols, sources: run.ports.code.sources(run.repository.name) };
  const notes: { findingId: FindingId; by: string; text: string }[] = [];
  for (const other of others) {
    const theirs = await run.ports.record.run(other.change.runId);
    const told = await contractNotes(sideOf(mine), other.record, from);
    if (theirs !== null)
      for (const text of told) notes.push({ findingId: theirs.findingId, by: mine.change.loop, text });
    for (const text of await contractNotes(sideOf(other), mine.record, from))
      notes.push({ findingId: run.run.findingId, by: other.change.loop, text });
  }
  if (notes.length === 0) return;
  await run.write(async (tx) => {
    for (const { findingId, by, text } of notes) {
      if (!(await tx.addNote(findingId, { at: run.ports.now(), by, text }))) continue;
      await tx.append({ ...run.event("contract.noted", { text }), findingId, by });
    }
  });
}

const sideOf = ({ change, record }: InFlight) => ({ record, called: `${change.loop} (${change.runId})` });
