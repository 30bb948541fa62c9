import type { LoopDefinition } from "../domain/loop.ts";
import type { Repository } from "../domain/organisation.ts";
import type { Run } from "../domain/run.ts";
import type { Ports } from "../ports.ts";

/**
 * Looks at the remotes that somebody waits for: a target that moved ticks the loops that asked for it (`on: push`), and held runs
 * look again whether their approval still stands for what would land, when their target moved or somebody pushed to their branch.
 * `seen` is what the last look that was acted on saw: the target of each repository, and the head of each branch that was not the one
 * asked about. A run looks once at each of those: it may well stay as it is.
 */
export async function watchRemotes(ports: Ports, seen: Map<string, string>): Promise<void> {
  const held = (await ports.record.liveRuns()).filter((run) => run.status === "held");
  const watching = await runningLoops(ports, "push");
  for (const repository of ports.definitions.organisation().repositories) {
    const waiting = held.filter((run) => run.repository === repository.name);
    const loops = watching.filter((loop) => loop.repository === repository.name);
    if (waiting.length === 0 && loops.length === 0) continue;
    const { target, branches } = await ports.code.fetch(repository);
    const before = seen.get(repository.name);
    const isMoved = before !== undefined && before !== target;
    const odd = await pushedOver(ports, repository, { waiting, branches });
    const fresh = odd.filter(({ run, head }) => seen.get(run.id) !== head).map(({ run }) => run);
    const woken = isMoved ? waiting : fresh;
    await ports.record.transact(async (tx) => {
      for (const run of woken) await tx.wake(run.id);
      for (const loop of isMoved ? loops : []) await tx.hint({ kind: "tick", loop: loop.name, why: "push" });
    });
    seen.set(repository.name, target);
    for (const { run, head } of odd) seen.set(run.id, head);
  }
}

/** Those whose branch is not what people are asked about: it has another head, or none any more (`gone`). */
async function pushedOver(
  { record }: Ports,
  { name }: Repository,
  { waiting, branches }: { waiting: Run[]; branches: Map<string, string> },
): Promise<{ run: Run; head: string }[]> {
  const asked = (await record.openChanges(name)).filter((change) => change.state === "held");
  return asked.flatMap(({ runId, branch, head }) => {
    const now = branches.get(branch) ?? "gone";
    const run = waiting.find((one) => one.id === runId);
    return run === undefined || now === head ? [] : [{ run, head: now }];
  });
}

async function runningLoops(ports: Ports, trigger: LoopDefinition["on"][number]): Promise<LoopDefinition[]> {
  const running = (await ports.record.loopStates())
    .filter((state) => state.switch === "running")
    .map((state) => state.loop);
  return ports.definitions.loops().filter((loop) => loop.on.includes(trigger) && running.includes(loop.name));
}
