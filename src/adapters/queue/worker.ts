import { type Job, type Processor, WaitingError } from "bullmq";
import type { QueueHandlers } from "../../ports/queue.ts";
import type { Log } from "../../ports.ts";
import { type Broker, stalledCountMax, type WorkerListeners, type WorkerSettings } from "./broker.ts";
import { settlesWithin } from "./deadline.ts";
import { hintJob, readJob, type Work } from "./jobs.ts";
import { isConnectionError, reasonOf, sparingLog } from "./outage.ts";

/** After the abort signal, so long may a handler still take to end by itself. */
const afterAbortMs = 1_000;
/** So long may BullMQ then take to put the hints back and say goodbye. */
const goodbyeMs = 2_000;

interface Settings {
  concurrency: number;
  leaseMs: number;
  log: Log;
}

interface Active {
  work: Work;
  abort: AbortController;
  /** Settles as the handler does. */
  ended: Promise<void>;
  /** Lets the job go back to the queue although its handler has not ended. */
  letGo: () => void;
}

/** Starts to work and answers how to stop: intake at once, active handlers within `graceMs` and about three seconds more. */
export function startWork(broker: Broker, handlers: QueueHandlers, settings: Settings) {
  const { log } = settings;
  const active = new Set<Active>();
  let isStopping = false;
  const process: Processor<unknown, void> = async (job, token) => {
    const read = readJob(job.name, job.data);
    if (read.kind === "malformed") {
      log("warn", `queue: dropped job ${job.id} "${job.name}": ${read.reason}`, { jobId: job.id ?? "" });
      return;
    }
    // A closing worker may still be given the job that its last look was waiting for, even one that it has just put back.
    if (!isStopping && (await carryOut(read.work, job, { broker, handlers, active }))) return;
    // Closing came in between: the hint goes back as it was, which is not a failed attempt.
    await job.moveToWait(token);
    throw new WaitingError();
  };
  const worker = broker.startWorker({
    process,
    settings: workerSettings(settings),
    listeners: tellFailures(log, settings.leaseMs),
  });

  return async (graceMs: number): Promise<void> => {
    isStopping = true;
    const closed = worker.close().catch((error) => log("error", `queue: closing: ${reasonOf(error)}`));
    if (await settlesWithin(closed, graceMs)) return;
    for (const { abort } of active) abort.abort(new Error("this worker is stopping"));
    await settlesWithin(Promise.allSettled([...active].map(({ ended }) => ended)), afterAbortMs);
    for (const { work, letGo } of active) {
      log("warn", `queue: closing: ${nameOf(work)} did not end in time; its hint goes back to the queue`);
      letGo();
    }
    if (await settlesWithin(closed, goodbyeMs)) return;
    log("warn", `queue: closing: ${broker.at} does not answer; open hints come back when their locks lapse`);
    await broker.abandonWorker();
  };
}

function workerSettings({ concurrency, leaseMs }: Settings): WorkerSettings {
  return {
    concurrency,
    // A hint of a dead worker comes back about when the record's lease of its run lapses: sooner it would find the run
    // still leased.
    lockDuration: leaseMs,
    stalledInterval: Math.max(500, Math.round(leaseMs / 3)),
    maxStalledCount: stalledCountMax,
    runRetryDelay: 1_000,
  };
}

/** False when the hint must go back to the queue. Throws what the handler throws. */
async function carryOut(
  work: Work,
  job: Job<unknown>,
  deps: { broker: Broker; handlers: QueueHandlers; active: Set<Active> },
): Promise<boolean> {
  const abort = new AbortController();
  const ended = handle(work, job, { ...deps, signal: abort.signal });
  let letGo: () => void = () => undefined;
  const released = new Promise<"released">((resolve) => {
    letGo = () => resolve("released");
  });
  const entry: Active = { work, abort, ended, letGo };
  deps.active.add(entry);
  try {
    const end = await Promise.race([ended.then(() => "ended" as const), released]);
    // An aborted advance may have ended half-way; seeing the hint again is harmless, missing it is a wait for the sweep.
    return end === "ended" && !(abort.signal.aborted && work.kind === "advance");
  } catch (error) {
    if (abort.signal.aborted) return false;
    throw error;
  } finally {
    deps.active.delete(entry);
    // A handler that was let go may still fail later, when nobody listens any more.
    ended.catch(() => undefined);
  }
}

async function handle(
  work: Work,
  job: Job<unknown>,
  { broker, handlers, signal }: { broker: Broker; handlers: QueueHandlers; signal: AbortSignal },
): Promise<void> {
  switch (work.kind) {
    case "advance":
      return handlers.advance(work.runId, signal);
    case "tick":
      return handlers.tick(work.loop, work.why);
    case "digest":
      return handlers.digest();
    case "due": {
      const tick = { kind: "tick", loop: work.loop, why: work.why } as const;
      const { name, data, options } = hintJob(`due-${work.loop}-${job.timestamp}`, tick);
      await broker.queue.add(name, data, options);
    }
  }
}

function tellFailures(log: Log, leaseMs: number): WorkerListeners {
  const sparing = sparingLog(log);
  return {
    failed: (job, error) => {
      const attempts = job?.opts.attempts ?? 1;
      const what = `queue: ${job?.name ?? "a job"} ${job?.id ?? ""} failed (try ${job?.attemptsMade ?? "?"} of ${attempts}): ${reasonOf(error)}`;
      if (job !== undefined && job.attemptsMade < attempts) log("warn", `${what}; it is tried again`);
      else log("error", `${what}; the hint is dropped, the record's sweep brings it back`);
    },
    stalled: (jobId) =>
      log("warn", `queue: ${jobId} comes back: its worker died, or was blocked for over ${leaseMs} ms`),
    error: (error) => {
      if (!isConnectionError(error)) sparing("error", `queue: ${reasonOf(error)}`);
    },
  };
}

function nameOf(work: Work): string {
  if (work.kind === "advance") return `advance ${work.runId}`;
  return work.kind === "digest" ? "the digest" : `tick of ${work.loop}`;
}
