import type {
  IQueueBackend,
  JobProgress,
  Processor,
  Queue,
  QueueOptions,
  Worker,
  WorkerListener,
  WorkerOptions,
} from "bullmq";

import { settlesWithin } from "./deadline.ts";

export const QUEUE_NAME = "loom";
/** A stall is not a failure; how often a run may be tried is for the record to say. */
export const stalledCountMax = 1_000;

export type JobQueue = Pick<
  Queue,
  "add" | "close" | "getJobSchedulers" | "getJobState" | "removeJobScheduler" | "upsertJobScheduler"
>;
export type JobWorker = Pick<Worker, "close">;
export type WorkerSettings = Omit<WorkerOptions, "connection" | "prefix">;
export type WorkerListeners = Pick<WorkerListener<unknown, void>, "failed" | "stalled" | "error">;
export interface WorkerParts {
  process: Processor<unknown, void>;
  settings: WorkerSettings;
  listeners: WorkerListeners;
}

/** BullMQ on one server. Nothing above this knows which. */
export interface Broker {
  /** Where it is, for people; without secrets. */
  at: string;
  /** What to do when it cannot be reached. */
  remedy: string;
  queue: JobQueue;
  startWorker(parts: WorkerParts): JobWorker;
  /** Stops the clockwork of a worker whose own close is stuck. Does not wait for the server. */
  abandonWorker(): Promise<void>;
  /** Drops every connection. Waits a second at most for the server's goodbye. */
  disconnect(): Promise<void>;
}

// By age, never by count: on a real Postgres `count` deadlocks and fails jobs whose handler succeeded. The age is how long the
// same job id is still known, and how long an operator finds a failed job.
export const jobDefaults: NonNullable<QueueOptions["defaultJobOptions"]> = {
  attempts: 6,
  backoff: { type: "exponential", delay: 500 },
  removeOnComplete: { age: 3600 },
  removeOnFail: { age: 24 * 3600 },
};
/** Nobody reads BullMQ's event stream; it is kept short. */
export const shortEventStream: NonNullable<QueueOptions["streams"]> = { events: { maxLen: 200 } };

type AnyWorker<B extends IQueueBackend, C> = Worker<unknown, void, string, B, JobProgress, C>;

export function listen<B extends IQueueBackend, C>(
  worker: AnyWorker<B, C>,
  listeners: WorkerListeners,
): void {
  worker.on("failed", listeners.failed);
  worker.on("stalled", listeners.stalled);
  worker.on("error", listeners.error);
}

/**
 * Lets a job whose data is not even JSON reach the worker, which drops it. BullMQ would trip over it before any handler or
 * limit sees it, and hand it out again for ever.
 */
export function acceptBrokenData<B extends IQueueBackend, C>(worker: AnyWorker<B, C>): void {
  const create = worker["createJob"].bind(worker);
  worker["createJob"] = (json, jobId) =>
    create(isJson(json.data) ? json : { ...json, data: JSON.stringify(json.data) }, jobId);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * BullMQ's `close` waits for the server without a limit, and may not be called a second time with force. This stops the timers
 * that would keep the process alive after it was given up, and cuts the worker's own connections without a goodbye.
 */
export async function abandon<B extends IQueueBackend, C>(worker: AnyWorker<B, C>): Promise<void> {
  await worker["lockManager"].close();
  worker["stalledCheckStopper"]?.();
  await settlesWithin(worker.getBackend().close(true), 100);
}
