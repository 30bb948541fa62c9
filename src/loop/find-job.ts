import type { Sha } from "../domain/ids.ts";
import type { LoopDefinition } from "../domain/loop.ts";
import type { Repository } from "../domain/organisation.ts";
import type { Ports } from "../ports.ts";

export interface FindJob {
  ports: Ports;
  loop: LoopDefinition;
  repository: Repository;
  /** The target's commit now, and at the loop's last tick. */
  target: Sha;
  since: Sha | null;
  signal: AbortSignal;
}
