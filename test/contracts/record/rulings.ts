import { describe, expect, it } from "vitest";
import type { StoredRuling } from "../../../src/domain/stored-ruling.ts";
import { landing, orgWith } from "../../policy/samples.ts";
import { minutes, noon, type OpenRecord, openedRun } from "./data.ts";

const day = 24 * 60;

const ruling = (id: string, runId: string, minute: number): StoredRuling => ({
  ...{ id, runId, loop: "triage", repository: "shop", at: minutes(minute), facts: landing() },
  ruling: {
    ...{ kind: "wait", reasons: [{ rule: "frozen", text: "It is frozen." }], until: minutes(minute + 60) },
    ...{ policyDigest: "policies-1", factsDigest: `facts-${id}` },
  },
});

export function rulingsContract(current: () => OpenRecord): void {
  describe("rulings", () => {
    it("are kept with their facts and policies, dates as dates, and once however often they are made", async () => {
      const { record } = current();
      const runId = await openedRun(record, "1");
      const freezes = [{ name: "holidays", zone: null, from: noon, until: minutes(day), why: "Holidays." }];
      const policies = { digest: "policies-1", organisation: orgWith("", { freezes }) };
      const made = ruling("p-1", runId, 0);
      for (let time = 0; time < 2; time += 1) await record.transact((tx) => tx.keepRuling(made, policies));
      expect(await record.ruling("p-1")).toEqual(made);
      expect(await record.ruling("p-2")).toBeNull();
      expect(await record.rulings({ limit: 10 })).toEqual([made]);
      expect(await record.policies("policies-1")).toEqual(policies);
      expect(await record.policies("policies-2")).toBeNull();
    });

    it("are found since a moment, the newest so many, oldest first, and forgotten after half a year", async () => {
      const { record } = current();
      const runId = await openedRun(record, "1");
      const policies = { digest: "policies-1", organisation: orgWith("") };
      const all = [ruling("p-1", runId, -200 * day), ruling("p-2", runId, -5), ruling("p-3", runId, 0)];
      await record.transact(async (tx) => {
        for (const one of all) await tx.keepRuling(one, policies);
      });
      const ids = async (query: Parameters<typeof record.rulings>[0]) =>
        (await record.rulings(query)).map((one) => one.id);
      expect(await ids({ since: minutes(-5), limit: 10 })).toEqual(["p-2", "p-3"]);
      expect(await ids({ limit: 2 })).toEqual(["p-2", "p-3"]);
      expect(await ids({ runId: "r-0", limit: 2 })).toEqual([]);
      await record.transact((tx) => tx.forgetRulings(noon));
      expect(await ids({ limit: 10 })).toEqual(["p-2", "p-3"]);
    });
  });
}
