import type { Schedule } from "../ports/queue.ts";
import type { Ports } from "../ports.ts";

/** What the queue must tick: every loop with times, running or not (a stopped loop's tick does nothing), and the digest. */
export function schedulesOf({ definitions }: Pick<Ports, "definitions">): Schedule[] {
  const loops = definitions.loops().flatMap((loop): Schedule[] =>
    loop.cadence.kind === "cron"
      ? [
          {
            id: `tick-${loop.name}`,
            pattern: loop.cadence.pattern,
            timezone: loop.cadence.timezone,
            job: { kind: "tick", loop: loop.name, why: loop.cadence.words },
          },
        ]
      : [],
  );
  const { cadence } = definitions.organisation().digest;
  if (cadence.kind === "manual") return loops;
  return [
    ...loops,
    { id: "digest", pattern: cadence.pattern, timezone: cadence.timezone, job: { kind: "digest" } },
  ];
}
