import { type Job, WaitingError } from "bullmq";
import { describe, expect, it } from "vitest";
import type { Broker, WorkerParts } from "../../../src/adapters/queue/broker.ts";
import { startWork } from "../../../src/adapters/queue/worker.ts";

describe("a worker that closes", () => {
  it("puts a job back that the server still hands to it", async () => {
    let parts: WorkerParts | undefined;
    const broker = {
      startWorker: (given: WorkerParts) => {
        parts = given;
        return { close: async () => undefined };
      },
    } as unknown as Broker;
    const handled: string[] = [];
    const stop = startWork(
      broker,
      {
        advance: async (runId) => void handled.push(runId),
        tick: async () => {},
        digest: async () => {},
      },
      { concurrency: 1, leaseMs: 1_000, log: () => {} },
    );
    await stop(0);
    const putBack: unknown[] = [];
    const job = {
      id: "r-0000000001-v1",
      name: "advance",
      data: { runId: "r-0000000001" },
      moveToWait: async (token: unknown) => void putBack.push(token),
    } as unknown as Job<unknown, void>;
    await expect(parts?.process(job, "token")).rejects.toThrow(WaitingError);
    expect({ handled, putBack }).toEqual({ handled: [], putBack: ["token"] });
  });
});
