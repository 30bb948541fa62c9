import { tmpdir } from "node:os";
import { sendDigest } from "../loop/digest.ts";
import { keepPumping } from "../loop/pump.ts";
import { advance } from "../loop/run.ts";
import { schedulesOf } from "../loop/schedules.ts";
import { forget, removeLeftBranches, sweep } from "../loop/sweep.ts";
import { tick } from "../loop/tick.ts";
import { watchRemotes } from "../loop/watch-remotes.ts";
import type { Ports } from "../ports.ts";
import { removeOldFolders } from "./old-folders.ts";

const watchEveryMs = 15_000;
const tidyEveryMs = 6 * 60 * 60 * 1000;

export interface Worker {
  /** Makes the queue's schedules what the definitions say now. */
  reschedule(): Promise<void>;
  stop(): void;
}

/** Begins to work: handlers of the queue, the pump from the outbox to it, and the timers that reconcile. */
export async function startWorker(ports: Ports): Promise<Worker> {
  const stopping = new AbortController();
  await ports.queue.work({
    advance: (runId, signal) => advance(runId, ports, AbortSignal.any([signal, stopping.signal])),
    tick: (loop, why) => tick(loop, why, ports, stopping.signal),
    digest: () => sendDigest(ports),
  });
  const stopPumping = keepPumping(ports);
  const reschedule = () => ports.queue.schedule(schedulesOf(ports));
  await reschedule();

  const seen = new Map<string, string>();
  const timers = [
    every(ports.leaseMs / 3, () => sweep(ports), ports),
    every(tidyEveryMs, () => tidyUp(ports), ports),
    every(watchEveryMs, () => watchRemotes(ports, seen), ports),
  ];
  return {
    reschedule,
    stop() {
      for (const stop of timers) stop();
      stopPumping();
      stopping.abort();
    },
  };
}

async function tidyUp(ports: Ports): Promise<void> {
  await forget(ports);
  await removeLeftBranches(ports);
  const left = await removeOldFolders(tmpdir(), ports.now());
  if (left.length > 0)
    ports.log("info", `removed ${left.length} folders of killed processes from ${tmpdir()}`);
}

/** Does it now, and again so long after it ended: never twice at once, and never the end of the process. */
function every(ms: number, work: () => Promise<void>, { log }: Ports): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const once = async () => {
    await work().catch((error: unknown) => {
      if (!isStopped)
        log(
          "warn",
          `reconciling: ${error instanceof Error ? error.message : String(error)}; tried again in ${ms / 1000} s`,
        );
    });
    if (!isStopped) timer = setTimeout(once, ms);
  };
  void once();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
