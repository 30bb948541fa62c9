import type { DeduplicationOptions, JobsOptions } from "bullmq";
import { z } from "zod";
import type { LoopName } from "../../domain/ids.ts";
import type { Schedule } from "../../ports/queue.ts";
import type { Hint } from "../../ports/record-tx.ts";

/** What a job asks for. `due` is a schedule's alarm: it only adds the tick, so that every tick passes the same gate. */
export type Work = Hint | { kind: "due"; loop: LoopName; why: string } | { kind: "digest" };

const loop = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const whyCharactersMax = 1_000;
const why = z.string().max(whyCharactersMax);
const workSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("advance"), runId: z.string().regex(/^r-[0-9a-z]{10}$/) }),
  z.object({ kind: z.literal("tick"), loop, why }),
  z.object({ kind: z.literal("due"), loop, why }),
  z.object({ kind: z.literal("digest") }),
]);

/** Reads a job that came out of the queue; anybody who reaches the server can have put it there. */
export function readJob(
  name: string,
  data: unknown,
): { kind: "work"; work: Work } | { kind: "malformed"; reason: string } {
  const parsed = workSchema.safeParse(isObject(data) ? { ...data, kind: name } : data);
  if (parsed.success) return { kind: "work", work: parsed.data };
  return { kind: "malformed", reason: z.prettifyError(parsed.error).replaceAll("\n", " ") };
}

/** The job of a hint. Ids only: whatever a worker needs to know is in the record. */
export function hintJob(
  jobId: string,
  hint: Hint,
): { name: string; data: { [key: string]: string }; options: JobsOptions } {
  if (/^\d*$|:/.test(jobId)) {
    throw new Error(
      `adding job "${jobId}": a job id must not be empty, a mere number or contain ":"; use r-… -v7`,
    );
  }
  if (hint.kind === "advance")
    return {
      name: "advance",
      data: { runId: hint.runId },
      options: hint.isNext === true ? { jobId, lifo: true } : { jobId },
    };
  return {
    name: "tick",
    data: { loop: hint.loop, why: hint.why.slice(0, whyCharactersMax) },
    // A tick's id counts up in its record; a new record on the same server begins again and must not meet the old ones.
    options: { jobId, deduplication: oneTick(hint.loop), removeOnComplete: true, removeOnFail: true },
  };
}

/** The job that a schedule makes at each of its times. */
export function scheduledJob(schedule: Schedule): { name: string; data: { [key: string]: string } } {
  const { job } = schedule;
  return job.kind === "digest"
    ? { name: "digest", data: {} }
    : { name: "due", data: { loop: job.loop, why: job.why } };
}

// While a tick waits, a further one of the same loop says nothing new. While one is active it does: what changed may have
// come after the look, so the last one is kept and runs next. The id is freed when the tick ends, however it ends, and is
// taken over when its job no longer exists: a lost tick blocks nothing.
function oneTick(loopName: LoopName): DeduplicationOptions {
  return { id: `tick-${loopName}`, keepLastIfActive: true };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
