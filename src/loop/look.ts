import type { Overview } from "../domain/answer.ts";
import { frozenNow } from "../domain/freeze.ts";
import type { RecordStore } from "../ports/record.ts";
import type { Ports } from "../ports.ts";

/** The look that has begun, and the one that everybody who asks meanwhile gets, by record. */
const looks = new WeakMap<RecordStore, { current: Promise<unknown>; next: Promise<Overview> | null }>();

/**
 * One look at everything. "Today" begins at midnight in the organisation's time zone. Many who ask at once share a look, which
 * always begins after they asked: nobody is shown what was so before their own last command.
 */
export function lookAround(ports: Ports): Promise<Overview> {
  const state = looks.get(ports.record) ?? { current: Promise.resolve(), next: null };
  looks.set(ports.record, state);
  state.next ??= state.current.then(() => {
    const look = lookNow(ports);
    // The next one waits for this one to end, however it ends.
    state.current = look.catch(() => undefined);
    state.next = null;
    return look;
  });
  return state.next;
}

async function lookNow(ports: Ports): Promise<Overview> {
  const { definitions, record } = ports;
  const now = ports.now();
  const { states, freezes, ...rest } = await record.overview(
    startOfDay(now, definitions.organisation().timezone),
  );
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
  const frozen = frozenNow(definitions.organisation(), freezes, now);
  return { ...rest, freezes: frozen, loops, problems: [...definitions.problems(), ...rest.problems] };
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
