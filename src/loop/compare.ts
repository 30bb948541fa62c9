import { againstDecisions } from "../coordination/against-decision.ts";
import { textualConflict } from "../coordination/textual.ts";
import { findUndone } from "../coordination/undo.ts";
import { changedPaths, type LandedChange } from "../domain/change.ts";
import type { Conflict } from "../domain/conflict.ts";
import type { LoopName, PersonId } from "../domain/ids.ts";
import type { MemoryEntry } from "../domain/memory.ts";
import type { RecordTx } from "../ports.ts";
import type { Merged } from "./merge-with-target.ts";
import type { OpenRun } from "./open-run.ts";
import { rememberMet } from "./remember.ts";

/** So many commits of the target, and so many landed changes in the record, are looked through for what this change may undo. */
const landedMax = 2000;

const decisionsMax = 100;

/** Every conflict with what is in flight and what loops have landed. Both owners are told, once for each conflict. */
export async function compare(run: OpenRun, merged: Merged): Promise<Conflict[]> {
  run.mark("compare", "now", "");
  const [inFlight, landed] = [await compareWithOpen(run, merged), await landedChanges(run, merged)];
  const undone = findUndone(merged.change, landed);
  const conflicts = [
    ...inFlight,
    ...undone,
    ...againstDecisions(merged.change, await decisionsFor(run, merged)),
  ];
  const note =
    conflicts.length === 0
      ? "no conflict"
      : `${conflicts.length} conflict${conflicts.length === 1 ? "" : "s"}`;
  run.mark("compare", "done", note);
  if (conflicts.length > 0) {
    await run.write(async (tx) => {
      for (const conflict of conflicts) {
        if (!(await tell(run, tx, conflict))) continue;
        const met = landed.find((one) => one.sha === conflict.right.sha);
        if (met !== undefined) await rememberMet(run, tx, met);
      }
    });
  }
  return conflicts;
}

async function compareWithOpen(run: OpenRun, merged: Merged): Promise<Conflict[]> {
  const { code, record } = run.ports;
  const open = await record.openChanges(run.repository.name, run.run.id);
  if (open.length === 0) return [];
  // A change that does not merge into the target by itself is the target's conflict, not this change's.
  const previews = await code.mergeAll(
    run.repository.name,
    open.flatMap((other) => [
      { ours: merged.commit, theirs: other.head },
      { ours: merged.target, theirs: other.head },
    ]),
  );
  return open.flatMap((other, index) => {
    const both = previews[index * 2];
    const alone = previews[index * 2 + 1];
    if (both === undefined || alone?.kind !== "clean") return [];
    return textualConflict(merged.change, other, both) ?? [];
  });
}

/** The record knows what LoomStack landed; the target's own history knows what came from elsewhere, or before this record. */
async function landedChanges(run: OpenRun, merged: Merged): Promise<LandedChange[]> {
  const recorded = await run.ports.record.landedChanges(run.repository.name, landedMax);
  const told = await run.ports.code.landedByLoops(run.repository.name, merged.target, landedMax);
  const intents = new Map(recorded.map((change) => [change.landed?.sha, change.intent.why]));
  return told.map((one) => ({ ...one, intent: intents.get(one.sha) ?? one.intent }));
}

/** False when this very conflict was told before. */
async function tell(run: OpenRun, tx: RecordTx, conflict: Conflict): Promise<boolean> {
  if (!(await tx.putConflict(conflict, run.run.id))) return false;
  await tx.append(
    run.event("conflict.found", {
      conflict: conflict.id,
      kind: conflict.kind,
      with: conflict.right.sha ?? conflict.right.runId ?? "",
      paths: conflict.paths.slice(0, 50),
    }),
  );
  const channels = new Set([run.loop.channel, channelOf(run, conflict.right.loop) ?? run.loop.channel]);
  const people = [...new Set([run.loop.owner, ownerOf(run, conflict.right.loop)])].flatMap(
    (one) => one ?? [],
  );
  for (const channel of channels) {
    await tx.say({
      key: `conflict:${conflict.id}:${channel}`,
      channel,
      card: {
        kind: "conflict",
        conflict,
        people,
        note: `The change of ${run.run.id} is held until a person decides.`,
      },
    });
  }
  return true;
}

async function decisionsFor(run: OpenRun, merged: Merged): Promise<MemoryEntry[]> {
  const wish = {
    repository: run.repository.name,
    paths: changedPaths(merged.change.files),
    symbols: [],
    tests: [],
    words: "",
  };
  const recalled = await run.ports.record.recall({ ...wish, entriesMax: decisionsMax });
  return recalled.map((one) => one.entry);
}

const loopNamed = (run: OpenRun, name: LoopName | undefined) =>
  run.ports.definitions.loops().find((loop) => loop.name === name);

const ownerOf = (run: OpenRun, name: LoopName | undefined): PersonId | undefined =>
  loopNamed(run, name)?.owner;
const channelOf = (run: OpenRun, name: LoopName | undefined) => loopNamed(run, name)?.channel;
