import type { CardStep, RunCard } from "../domain/card.ts";
import type { Holder } from "../domain/claim.ts";
import type { TraceEvent } from "../domain/event.ts";
import type { FindingState } from "../domain/finding.ts";
import type { RunId } from "../domain/ids.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import type { Repository } from "../domain/organisation.ts";
import { type LineStep, lineSteps, type Outcome, type Run } from "../domain/run.ts";
import { FencedOut, type Lease, type Taken } from "../ports/record.ts";
import type { RecordTx } from "../ports/record-tx.ts";
import type { Ports } from "../ports.ts";

/** A run under this worker's lease, with what each step of the line needs. */
export interface OpenRun {
  ports: Ports;
  run: Run;
  /** This run as the holder of its claims. */
  holder: Holder;
  loop: LoopDefinition;
  repository: Repository;
  finding: FindingState;
  /** Aborted when the lease is lost or the process stops: nothing may act after that. */
  signal: AbortSignal;
  /** The kept result of a stage, as whoever kept it wrote it; undefined when it is not kept. */
  kept<T>(key: string): T | undefined;
  /** Does `work` once for ever: a kept result is answered again. `also` is written in the same transaction. */
  stage<T>(
    step: LineStep,
    key: string,
    work: () => Promise<T>,
    also?: (tx: RecordTx, result: T) => Promise<void>,
  ): Promise<T>;
  /** Writes under the fence, and brings the run's card up to date in the same transaction. */
  write<T>(work: (tx: RecordTx) => Promise<T>): Promise<T>;
  /** Says where the run is; the card shows it with the next write. */
  mark(step: LineStep, state: CardStep["state"], note: string): void;
  /** Shows on the card what a long step is doing. */
  progress(step: LineStep, note: string): Promise<void>;
  event(type: TraceEvent["type"], data: TraceEvent["data"]): TraceEvent;
  /** Says how the run ended; the card shows it with the next write. */
  conclude(outcome: Outcome): void;
  close(): void;
}

/** Takes the run's lease; null when another worker has it, or nothing is to be done. A run whose loop or finding is gone is ended. */
export async function openRun(runId: RunId, ports: Ports, outer: AbortSignal): Promise<OpenRun | null> {
  const taken = await ports.record.lease(runId, ports.worker, ports.leaseMs);
  if (taken === null) return null;
  const loop = ports.definitions.loops().find((one) => one.name === taken.run.loop);
  const repository = ports.definitions
    .organisation()
    .repositories.find((one) => one.name === taken.run.repository);
  const finding = await ports.record.finding(taken.run.findingId);
  if (loop === undefined || repository === undefined || finding === null) {
    const reason = `loop ${taken.run.loop} or repository ${taken.run.repository} is no longer configured`;
    await ports.record.fenced(taken.lease, async (tx) => {
      await tx.append({
        type: "run.ended",
        at: ports.now(),
        by: "loomstack",
        runId,
        loop: taken.run.loop,
        data: { reason },
      });
      await tx.endRun(runId, { kind: "stopped", reason }, ports.now());
      // What has landed stays landed; it was only to be deployed.
      if (finding?.fate !== "landed") await tx.setFate(taken.run.findingId, "open");
    });
    return null;
  }
  if (taken.from !== null) await sayTakenOver(ports, taken, taken.from);
  const kept = await ports.record.stages(runId);
  return assemble({ ports, run: taken.run, loop, repository, finding }, taken.lease, kept, outer);
}

/** Before anything is done again, so that whatever was begun twice has its reason in the trace. */
async function sayTakenOver(ports: Ports, { lease, run }: Taken, from: string): Promise<void> {
  await ports.record.fenced(lease, (tx) =>
    tx.append({
      type: "run.taken-over",
      at: ports.now(),
      by: "loomstack",
      runId: run.id,
      loop: run.loop,
      findingId: run.findingId,
      repository: run.repository,
      data: { from, to: ports.worker },
    }),
  );
}

type Known = Pick<OpenRun, "ports" | "run" | "loop" | "repository" | "finding">;

function assemble(known: Known, lease: Lease, kept: Map<string, unknown>, outer: AbortSignal): OpenRun {
  const { ports, run } = known;
  const heart = startHeartbeat(ports, lease, outer);
  const marks = new Map<LineStep, CardStep>();
  let concluded: Pick<RunCard, "outcome" | "endedAt"> = {};
  const card = (): RunCard => ({
    kind: "run",
    runId: run.id,
    loop: run.loop,
    findingId: run.findingId,
    title: known.finding.finding.title,
    repository: run.repository,
    steps: lineSteps.flatMap((step) => marks.get(step) ?? []),
    startedAt: run.startedAt,
    ...concluded,
  });

  const open: OpenRun = {
    ...known,
    holder: { kind: "run", runId: run.id, loop: run.loop },
    signal: heart.signal,
    kept: <T>(key: string) => kept.get(key) as T | undefined,
    async stage(step, key, work, also) {
      // The record keeps what this very function wrote under the key, so the type is the one it was written with.
      if (kept.has(key)) return kept.get(key) as Awaited<ReturnType<typeof work>>;
      await open.progress(step, "");
      const result = await work();
      if (heart.signal.aborted) throw new FencedOut(`run ${run.id} was taken over`);
      await open.write(async (tx) => {
        await tx.keepStage(run.id, key, result);
        await also?.(tx, result);
      });
      kept.set(key, result);
      return result;
    },
    write: (work) =>
      ports.record.fenced(lease, async (tx) => {
        const result = await work(tx);
        await tx.say({ key: `run:${run.id}`, channel: known.loop.channel, card: card() });
        return result;
      }),
    mark: (step, state, note) => void marks.set(step, { step, state, note }),
    async progress(step, note) {
      open.mark(step, "now", note);
      await open.write(async () => undefined);
    },
    event: (type, data) => ({
      type,
      at: ports.now(),
      by: run.loop,
      loop: run.loop,
      runId: run.id,
      findingId: run.findingId,
      repository: run.repository,
      data,
    }),
    conclude: (outcome) => {
      concluded = { outcome, endedAt: ports.now() };
    },
    close: heart.stop,
  };
  return open;
}

function startHeartbeat(
  ports: Ports,
  lease: Lease,
  outer: AbortSignal,
): { signal: AbortSignal; stop: () => void } {
  const lost = new AbortController();
  const beat = setInterval(() => {
    ports.record.extend(lease, ports.leaseMs).then(
      (isOurs) => {
        if (!isOurs) lost.abort(new FencedOut(`run ${lease.runId} was taken over`));
      },
      (error: unknown) =>
        ports.log("warn", `extending the lease of ${lease.runId}: ${String(error)}`, { runId: lease.runId }),
    );
  }, ports.leaseMs / 3);
  return { signal: AbortSignal.any([lost.signal, outer]), stop: () => clearInterval(beat) };
}
