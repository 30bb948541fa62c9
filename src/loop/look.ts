import type { Overview } from "../domain/answer.ts";
import type { Ports } from "../ports.ts";

/** One look at everything. "Today" begins at midnight in the organisation's time zone. */
export async function lookAround(ports: Ports): Promise<Overview> {
  const { definitions, record } = ports;
  const now = ports.now();
  const { states, ...rest } = await record.overview(startOfDay(now, definitions.organisation().timezone));
  const loops = definitions.loops().map((loop) => {
    const state = states.find((one) => one.loop === loop.name) ?? {
      loop: loop.name,
      switch: "stopped" as const,
      failuresInRow: 0,
    };
    const due = state.switch === "running" ? definitions.due(loop.cadence, now) : null;
    return {
      state,
      cadence: loop.cadence.words,
      channel: loop.channel,
      owner: loop.owner,
      ...(due === null ? {} : { nextTickAt: due.next }),
    };
  });
  return { ...rest, loops, problems: [...definitions.problems(), ...rest.problems] };
}

export function startOfDay(now: Date, timezone: string): Date {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(now);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value ?? 0);
  const sinceMs = ((part("hour") * 60 + part("minute")) * 60 + part("second")) * 1000 + now.getMilliseconds();
  return new Date(now.getTime() - sinceMs);
}
