import { touchKeys } from "../coordination/overlap.ts";
import type { Change } from "../domain/change.ts";
import type { Indexed } from "../ports/record-tx.ts";
import type { OpenRun } from "./open-run.ts";

/** What is kept with a change so that others find it: what it does, and the keys of what it touches. */
export async function indexedOf(run: OpenRun, { base, head }: Change): Promise<Indexed> {
  const record = await run.ports.code.changeRecord(run.repository.name, base, head);
  return { record, keys: touchKeys(record).kept };
}
