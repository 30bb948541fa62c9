import { describe, expect, it } from "vitest";
import { event, minutes, noon, type OpenRecord, openedRun } from "./data.ts";

export function traceContract(current: () => OpenRecord): void {
  const append = (...types: Parameters<typeof event>[0][]) =>
    current().record.transact(async (tx) => {
      for (const type of types) await tx.append(event(type, { runId: "r-1", data: { type } }));
    });

  describe("the trace", () => {
    it("gives events back as they were told, in order, by run and from a number on", async () => {
      const { record } = current();
      const told = event("hold.answered", {
        at: minutes(3),
        loop: "triage",
        runId: "r-1",
        findingId: "f-1",
        repository: "shop",
        by: "ada",
        data: { note: "ü  \n\0 \uD83D", $date: "not one", list: [1, null, { b: 2, a: 1 }] },
      });
      await record.transact(async (tx) => {
        await tx.append(told);
        await tx.append(event("loop.ticked", { loop: "tidy" }));
      });
      await append("run.ended");
      expect(await record.events({ runId: "r-1", limit: 9 })).toEqual([
        { ...told, data: { ...told.data, note: "ü  \n\uFFFD \uFFFD" }, seq: 1 },
        { ...event("run.ended", { runId: "r-1", data: { type: "run.ended" } }), seq: 3 },
      ]);
      expect((await record.events({ afterSeq: 1, limit: 1 })).map((each) => each.seq)).toEqual([2]);
      expect(await record.verifyChain()).toEqual({ kind: "whole", events: 3 });
    });

    it("numbers without a gap under many writers, and leaves out what was rolled back", async () => {
      const { record } = current();
      const writers = Array.from({ length: 20 }, (_, i) =>
        record
          .transact(async (tx) => {
            await tx.append(event("run.opened", { data: { i } }));
            await tx.append(event("run.ended", { data: { i } }));
            if (i % 4 === 0) throw new Error("rolled back");
          })
          .catch((error: Error) => expect(error.message).toBe("rolled back")),
      );
      await Promise.all(writers);
      const seqs = (await record.events({ limit: 100 })).map((each) => each.seq);
      expect(seqs).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
      expect(await record.verifyChain()).toEqual({ kind: "whole", events: 30 });
    });

    it.each([
      [
        "a changed body",
        "update loom.event set body = replace(body, 'run.ended', 'run.endeD') where seq = 2",
        2,
      ],
      ["a changed column", "update loom.event set run_id = null where seq = 2", 2],
      ["a changed time", "update loom.event set at = at + interval '1 millisecond' where seq = 3", 3],
      ["a removed event", "delete from loom.event where seq = 2", 2],
      [
        "two exchanged events",
        "update loom.event a set body = b.body from loom.event b where a.seq + b.seq = 5 and a.seq in (2, 3)",
        2,
      ],
      ["a changed hash", "update loom.event set hash = repeat('0', 64) where seq = 4", 4],
      ["a body that is no JSON", "update loom.event set body = 'x' where seq = 1", 1],
    ])("finds %s", async (_what, tamper, brokenAt) => {
      const { record, sql } = current();
      await append("run.opened", "run.ended", "run.failed", "stage.kept");
      await sql(tamper);
      expect(await record.verifyChain()).toEqual({ kind: "broken", brokenAt });
    });

    it("verifies a chain longer than a page", async () => {
      const { record } = current();
      await record.transact(async (tx) => {
        for (let i = 0; i < 2500; i++) await tx.append(event("stage.kept", { data: { i } }));
      });
      expect(await record.verifyChain()).toEqual({ kind: "whole", events: 2500 });
    });

    it("tells a run's story with its finding's events", async () => {
      const { record } = current();
      await openedRun(record, "r-1");
      await openedRun(record, "r-2");
      await record.transact(async (tx) => {
        await tx.append(event("finding.seen", { findingId: "f-r-1" }));
        await tx.append(event("run.opened", { runId: "r-1", findingId: "f-r-1" }));
        await tx.append(event("run.opened", { runId: "r-2", findingId: "f-r-2" }));
      });
      const story = await record.story("r-1");
      expect(story?.events.map((each) => each.type)).toEqual(["finding.seen", "run.opened"]);
      expect(story).toMatchObject({ run: { id: "r-1" }, finding: { finding: { id: "f-r-1" } }, holds: [] });
      expect(story).not.toHaveProperty("change");
      expect(story?.finding.firstSeenAt).toEqual(noon);
      expect(await record.story("r-9")).toBeNull();
    });
  });
}
