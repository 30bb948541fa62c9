import type { Queue, QueueHandlers, Schedule } from "../../src/ports/queue.ts";
import type { Hint } from "../../src/ports/record-tx.ts";

/** A queue in memory that works only when it is asked to, in the order of its hints. */
export interface DrainedQueue extends Queue {
  /** Jobs that wait. */
  waiting: Map<string, Hint>;
  schedules: Schedule[];
  /** Works on the oldest job; false when there is none. A handler's error is thrown, and the job waits again, three times. */
  step: (handlers: QueueHandlers) => Promise<boolean>;
}

const triesMax = 3;

export function openDrainedQueue(): DrainedQueue {
  const waiting = new Map<string, Hint>();
  const tries = new Map<string, number>();
  const never = new AbortController().signal;
  const queue: DrainedQueue = {
    waiting,
    schedules: [],
    async add(jobId, hint) {
      waiting.set(jobId, hint);
    },
    async schedule(schedules) {
      queue.schedules = schedules;
    },
    async work() {},
    async close() {},
    async step(handlers) {
      const [first] = waiting;
      if (first === undefined) return false;
      const [jobId, hint] = first;
      waiting.delete(jobId);
      try {
        if (hint.kind === "advance") await handlers.advance(hint.runId, never);
        else await handlers.tick(hint.loop, hint.why);
      } catch (error) {
        const count = (tries.get(jobId) ?? 0) + 1;
        tries.set(jobId, count);
        if (count < triesMax) waiting.set(jobId, hint);
        throw error;
      }
      return true;
    },
  };
  return queue;
}
