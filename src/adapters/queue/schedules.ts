import { isDeepStrictEqual } from "node:util";
import type { JobSchedulerJson } from "bullmq";
import type { Schedule } from "../../ports/queue.ts";
import type { JobQueue } from "./broker.ts";
import { scheduledJob } from "./jobs.ts";
import { reasonOf } from "./outage.ts";

const isOurs = (key: string) => key === "digest" || key.startsWith("tick-");

/**
 * Makes the queue's schedulers exactly these. One that is already so is left alone, because setting it anew would drop
 * its waiting job: after a stop over its due time that job is the late tick. Throws after all were tried, naming the bad ones.
 */
export async function putSchedules(queue: JobQueue, schedules: Schedule[]): Promise<void> {
  const known = new Map((await queue.getJobSchedulers(0, -1)).map((scheduler) => [scheduler.key, scheduler]));
  const wanted = new Set(schedules.map(({ id }) => id));
  for (const key of known.keys()) {
    if (isOurs(key) && !wanted.has(key)) await queue.removeJobScheduler(key);
  }
  const problems: string[] = [];
  for (const schedule of schedules) {
    if (await isInForce(queue, schedule, known.get(schedule.id))) continue;
    try {
      const repeat = { pattern: schedule.pattern, tz: schedule.timezone };
      await queue.upsertJobScheduler(schedule.id, repeat, scheduledJob(schedule));
    } catch (error) {
      problems.push(`${schedule.id} at "${schedule.pattern}" ${schedule.timezone}: ${reasonOf(error)}`);
    }
  }
  if (problems.length > 0) {
    throw new Error(
      `scheduling ${problems.join("; ")}; correct the cadence, the other schedules are in force`,
    );
  }
}

async function isInForce(
  queue: JobQueue,
  schedule: Schedule,
  known: JobSchedulerJson | undefined,
): Promise<boolean> {
  if (known?.next === undefined) return false;
  const { name, data } = scheduledJob(schedule);
  const isSame =
    known.name === name &&
    known.pattern === schedule.pattern &&
    known.tz === schedule.timezone &&
    isDeepStrictEqual(known.template?.data ?? {}, data);
  if (!isSame) return false;
  // A scheduler lives by its next job: should that ever get lost, it would stay silent for good.
  const state = await queue.getJobState(`repeat:${schedule.id}:${known.next}`);
  return state === "delayed" || state === "waiting" || state === "active" || state === "prioritized";
}
