import type { Cadence, LoopDefinition } from "./domain/loop.ts";
import type { Organisation } from "./domain/organisation.ts";
import type { Code } from "./ports/code.ts";
import type { Checks, Deploys, Makers } from "./ports/processes.ts";
import type { Queue } from "./ports/queue.ts";
import type { RecordStore } from "./ports/record.ts";
import type { Symbols } from "./ports/symbols.ts";

/** Everything the loop needs from the world. */
export interface Ports {
  record: RecordStore;
  queue: Queue;
  code: Code;
  checks: Checks;
  symbols: Symbols;
  makers: Makers;
  deploys: Deploys;
  definitions: Definitions;
  now: () => Date;
  /** A new unpredictable id: the prefix, a dash and 10 characters of [0-9a-z]. */
  newId: (prefix: "r" | "h") => string;
  /** The name of this process among the workers. */
  worker: string;
  /** A worker that dies is replaced after this long; each stage and heartbeat renews it. */
  leaseMs: number;
  log: Log;
}

/** One line for the operator. Fields are the words of the domain (`runId`, `loop`, `findingId`). */
export type Log = (
  level: "info" | "warn" | "error",
  text: string,
  fields?: { [key: string]: string | number },
) => void;

/** The loops and the organisation as the files last said when they were valid. */
export interface Definitions {
  organisation: () => Organisation;
  loops: () => LoopDefinition[];
  /** What is wrong in files whose last good version is still in force. */
  problems: () => string[];
  /** The due times around `now`; null for a cadence without times. */
  due: (cadence: Cadence, now: Date) => { previous: Date; next: Date } | null;
}
