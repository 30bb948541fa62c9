import type { LoopName, RunId } from "../domain/ids.ts";
import type { Hint } from "./record-tx.ts";

export interface QueueHandlers {
  advance(runId: RunId, signal: AbortSignal): Promise<void>;
  tick(loop: LoopName, why: string): Promise<void>;
  digest(): Promise<void>;
}

/** A hint to look at the record, never the truth. */
export interface Queue {
  /** Adds a hint; the same `jobId` twice is harmless. */
  add(jobId: string, hint: Hint): Promise<void>;
  /** Makes the schedules exactly these: each loop's ticks and the digest. */
  schedule(schedules: Schedule[]): Promise<void>;
  /** Starts to work. At least once: a handler may see a hint again. A handler that throws is tried again later. */
  work(handlers: QueueHandlers): Promise<void>;
  /** Lets active handlers end, for at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface Schedule {
  /** `tick-<loop>` or `digest`. */
  id: string;
  pattern: string;
  timezone: string;
  job: { kind: "tick"; loop: LoopName; why: string } | { kind: "digest" };
}
