import { afterAll, beforeAll, beforeEach, describe } from "vitest";
import { changeIndexContract } from "./record/change-index.ts";
import { changesContract } from "./record/changes.ts";
import { claimInterleavingsContract } from "./record/claim-interleavings.ts";
import { claimsContract } from "./record/claims.ts";
import { conflictsContract } from "./record/conflicts.ts";
import type { OpenRecord } from "./record/data.ts";
import { doingContract } from "./record/doing.ts";
import { findingsContract } from "./record/findings.ts";
import { holdsContract } from "./record/holds.ts";
import { memoryContract } from "./record/memory.ts";
import { messagesContract } from "./record/messages.ts";
import { rulingsContract } from "./record/rulings.ts";
import { runsContract } from "./record/runs.ts";
import { summariesContract } from "./record/summaries.ts";
import { traceContract } from "./record/trace.ts";

const emptyAll = `do $$ begin execute (
  select 'truncate ' || string_agg(format('%I.%I', schemaname, tablename), ', ')
  from pg_tables where schemaname = 'loom' and tablename <> 'migration'
); end $$`;

/** What every record does, wherever it is kept. `open` is called once; each test begins with empty tables. */
export function recordContract(name: string, open: () => Promise<OpenRecord>): void {
  describe(`the record on ${name}`, () => {
    let opened: OpenRecord | undefined;
    beforeAll(async () => {
      opened = await open();
    });
    beforeEach(() => opened?.sql(emptyAll));
    afterAll(() => opened?.close());
    const current = (): OpenRecord => {
      if (!opened) throw new Error("the record was not opened");
      return opened;
    };
    runsContract(current);
    claimsContract(current);
    claimInterleavingsContract(current);
    memoryContract(current);
    doingContract(current);
    findingsContract(current);
    changesContract(current);
    changeIndexContract(current);
    conflictsContract(current);
    holdsContract(current);
    rulingsContract(current);
    messagesContract(current);
    traceContract(current);
    summariesContract(current);
  });
}
