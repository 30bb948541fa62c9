import type { Message } from "../domain/card.ts";
import type { ConflictSide, ConflictState } from "../domain/conflict.ts";
import type { PersonId } from "../domain/ids.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import { isHolding } from "../domain/severity.ts";
import type { Ports } from "../ports.ts";

/** One card with both sides, in the channel of each; both owners are mentioned. Written again, it shows what became of it. */
export function conflictMessages(ports: Ports, state: ConflictState): Message[] {
  const { conflict, steps, answer } = state;
  const loops = loopsOf(ports, state);
  const channels = new Set(loops.map((loop) => loop.channel));
  if (channels.size === 0) channels.add(ports.definitions.organisation().digest.channel);
  return [...channels].map((channel) => ({
    key: conflictKey(conflict.id, channel),
    channel,
    card: {
      kind: "conflict",
      conflict,
      people: ownersOf(ports, state),
      note: noteOn(state),
      state: state.state,
      steps,
      ...(answer === undefined ? {} : { answer }),
    },
  }));
}

export const conflictKey = (id: string, channel: string): string => `conflict:${id}:${channel}`;

/** The loops on both sides that are still defined. */
export const loopsOf = (ports: Ports, { conflict }: ConflictState): LoopDefinition[] => {
  const isSide = (side: ConflictSide, loop: LoopDefinition) => side.loop === loop.name;
  return ports.definitions
    .loops()
    .filter((loop) => isSide(conflict.left, loop) || isSide(conflict.right, loop));
};

export const ownersOf = (ports: Ports, state: ConflictState): PersonId[] => [
  ...new Set(loopsOf(ports, state).map((loop) => loop.owner)),
];

function noteOn({ conflict, state }: ConflictState): string {
  if (state === "over") return "One of the two is gone, so there is nothing left to settle.";
  if (state === "decided") return "The same two will not ask again.";
  if (conflict.severity === "stop") return "Both loops are paused until somebody settles it.";
  if (isHolding(conflict)) return "Nothing of it lands until somebody settles it.";
  return "It keeps nothing from landing; look at both together.";
}
