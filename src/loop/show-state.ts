import type { Answer } from "../domain/answer.ts";
import type { LoopName } from "../domain/ids.ts";
import { writeStateFile } from "../memory/state-file.ts";
import type { Ports } from "../ports.ts";
import { gatherState } from "./gather-state.ts";

/** The loop's state file as its next agent would get it. */
export async function stateOf(ports: Ports, name: LoopName): Promise<Answer> {
  const loop = ports.definitions.loops().find((one) => one.name === name);
  if (loop === undefined) return { kind: "refused", reason: `There is no loop "${name.slice(0, 40)}".` };
  return { kind: "state", loop: name, text: writeStateFile(await gatherState(ports, loop)) };
}
