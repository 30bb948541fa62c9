import type { PGlite } from "@electric-sql/pglite";
import type { Queue } from "../../ports/queue.ts";
import type { Log } from "../../ports.ts";
import type { Broker } from "./broker.ts";
import { settlesWithin } from "./deadline.ts";
import { hintJob } from "./jobs.ts";
import { reasonOf } from "./outage.ts";
import { openPgliteBroker, openPostgresBroker } from "./postgres-broker.ts";
import { openRedisBroker } from "./redis-broker.ts";
import { putSchedules } from "./schedules.ts";
import { startWork } from "./worker.ts";

export type QueuePlace = { redisUrl: string } | { pglite: PGlite } | { databaseUrl: string };

/**
 * Opens the queue and checks that its server can carry it. `leaseMs` is the record's: hints of a dead worker come back when
 * about that long has passed. Throws with place and remedy when the server is away or too old.
 *
 * Over PGlite, never await a method of the queue inside `pglite.transaction`: the queue waits for that transaction, and the
 * transaction for the queue. Close the queue before the database that it lives in.
 */
export async function openQueue(
  place: QueuePlace,
  settings: { concurrency: number; leaseMs: number; log: Log },
): Promise<Queue> {
  const broker = await openBroker(place, settings);
  let stopWork: ((graceMs: number) => Promise<void>) | undefined;
  let closing: Promise<void> | undefined;

  const close = async (graceMs: number) => {
    await stopWork?.(graceMs);
    await settlesWithin(broker.queue.close(), 1_000);
    await broker.disconnect();
  };
  return {
    add: async (jobId, hint) => {
      const { name, data, options } = hintJob(jobId, hint);
      try {
        await broker.queue.add(name, data, options);
      } catch (error) {
        throw new Error(
          `adding ${jobId} to the queue on ${broker.at}: ${reasonOf(error)}; ${broker.remedy}, the record sends the hint again`,
          { cause: error },
        );
      }
    },
    schedule: (schedules) => putSchedules(broker.queue, schedules),
    work: async (handlers) => {
      if (stopWork !== undefined || closing !== undefined) {
        throw new Error("starting to work: this queue works already or is closed; open another one");
      }
      stopWork = startWork(broker, handlers, settings);
    },
    close: (graceMs) => {
      closing ??= close(graceMs);
      return closing;
    },
  };
}

function openBroker(place: QueuePlace, settings: { concurrency: number; log: Log }): Promise<Broker> {
  if ("redisUrl" in place) return openRedisBroker(place.redisUrl, settings.log);
  if ("databaseUrl" in place)
    return openPostgresBroker(place.databaseUrl, settings.concurrency, settings.log);
  return openPgliteBroker(place.pglite);
}
