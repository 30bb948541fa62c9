import type { LoopDefinition } from "../domain/loop.ts";
import type { Recalled } from "../domain/memory.ts";
import { recallEntriesMax } from "../memory/limits.ts";
import type { LoopMemory } from "../memory/state-file.ts";
import type { Ports } from "../ports.ts";

const findingsMax = 100;

/** What the loop's state file and `state` show: its findings by fate, what waits for people, what memory knows of its repository. */
export async function gatherState(
  ports: Ports,
  loop: LoopDefinition,
  recalled?: Recalled[],
): Promise<LoopMemory> {
  const findings = await ports.record.findings({ loop: loop.name, limit: findingsMax });
  const { held } = await ports.record.overview(ports.now());
  const newest = { repository: loop.repository, state: "active", limit: recallEntriesMax } as const;
  return {
    loop: loop.name,
    at: ports.now(),
    findings,
    held: held.filter((one) => one.loop === loop.name),
    recalled:
      recalled ?? (await ports.record.entries(newest)).map((entry) => ({ entry, because: "repository" })),
  };
}
