import type { Ports } from "../ports.ts";

const batchMax = 200;

/**
 * Outbox to queue: what was committed as a hint is added to the queue. A crash between adding and marking only repeats the add,
 * which is harmless.
 */
export async function pump({ record, queue }: Pick<Ports, "record" | "queue">): Promise<number> {
  const hints = await record.unsentHints(batchMax);
  for (const { jobId, hint } of hints) await queue.add(jobId, hint);
  if (hints.length > 0) await record.markHintsSent(hints.map((one) => one.id));
  return hints.length;
}

/** Pumps whenever hints are committed, one pump at a time. Returns the function that stops it. */
export function keepPumping(ports: Pick<Ports, "record" | "queue" | "log">): () => void {
  let isPumping = false;
  let isDue = false;
  const pumpAll = async () => {
    while (isDue) {
      isDue = false;
      if ((await pump(ports)) === batchMax) isDue = true;
    }
  };
  const start = () => {
    isDue = true;
    if (isPumping) return;
    isPumping = true;
    pumpAll()
      .catch((error: unknown) =>
        ports.log("warn", `handing hints to the queue: ${String(error)}; the next sweep tries again`),
      )
      .finally(() => {
        isPumping = false;
        // Hints that were committed after the last look and before this line must not wait for the next sweep.
        if (isDue) start();
      });
  };
  const stop = ports.record.onWritten((what) => {
    if (what === "hints") start();
  });
  start();
  return stop;
}
