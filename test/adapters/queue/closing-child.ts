// Takes one hint that it never finishes, closes, and must then end by itself. Argument: a Redis URL.
import { openQueue } from "../../../src/adapters/queue/open-queue.ts";

const [redisUrl = ""] = process.argv.slice(2);
const queue = await openQueue({ redisUrl }, { concurrency: 2, leaseMs: 60_000, log: () => {} });
let tellActive = () => {};
const active = new Promise<void>((resolve) => {
  tellActive = resolve;
});
await queue.work({
  advance: async () => {
    tellActive();
    await new Promise(() => undefined);
  },
  tick: async () => undefined,
  digest: async () => undefined,
});
await queue.add("r-closing000-v1", { kind: "advance", runId: "r-closing000" });
await active;
console.log("active");
await queue.close(50);
console.log("closed");
