// A worker in a process of its own that takes hints and never finishes one, so that a test can kill it in the middle.
// Arguments: the place as JSON, the lease in ms. Prints the run id of every hint that it takes.
import { PGlite } from "@electric-sql/pglite";
import { openQueue, type QueuePlace } from "../../src/adapters/queue/open-queue.ts";
import type { ChildPlace } from "./queue-place.ts";

const [place = "", leaseMs = ""] = process.argv.slice(2);
const queue = await openQueue(await enter(JSON.parse(place) as ChildPlace), {
  concurrency: 1,
  leaseMs: Number(leaseMs),
  log: (level, text) => console.error(level, text),
});
await queue.work({
  advance: async (runId) => {
    console.log(runId);
    await new Promise(() => undefined);
  },
  tick: async () => undefined,
  digest: async () => undefined,
});

async function enter(from: ChildPlace): Promise<QueuePlace> {
  return "dir" in from ? { pglite: await PGlite.create(from.dir) } : from;
}
