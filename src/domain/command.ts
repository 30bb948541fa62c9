import type { ConflictAnswer, ConflictStep } from "./conflict.ts";
import type { FindingId, HoldId, LoopName, PersonId, RepositoryName } from "./ids.ts";

/** What somebody asked for, by any door. */
export type Command =
  | { kind: "start" | "stop"; loop: LoopName }
  | { kind: "pause"; loop: LoopName | "everything"; why: string }
  | { kind: "resume"; loop: LoopName | "everything" }
  /** `until` as it was typed: only the loop has a clock. */
  | { kind: "freeze"; zone: string | null; until: string; why: string }
  | { kind: "unfreeze"; zone: string | null }
  /** `what` is a run or a hold. */
  | { kind: "override"; what: string; why: string }
  | { kind: "status" | "inbox" | "digest" }
  | { kind: "trace"; what: string }
  | { kind: "why"; what: string }
  | { kind: "who"; about: string }
  | { kind: "state"; loop: LoopName }
  | {
      kind: "decide";
      statement: string;
      reason: string;
      paths: string[];
      /** Absent: where its paths are, or the only one there is. */
      repository?: RepositoryName;
      supersedes?: string;
      source?: string;
    }
  | { kind: "memory"; do: "list" | "show" | "forget"; what: string }
  | { kind: "release"; what: string }
  | { kind: "help"; about?: string }
  /** `digest`: of what exactly the answer is about, or its first characters. */
  | { kind: "approve"; holdId: HoldId; digest: string }
  | { kind: "reject"; holdId: HoldId; digest: string; note: string }
  | { kind: "show-diff"; holdId: HoldId }
  | { kind: "settle"; conflictId: string; how: ConflictAnswer | ConflictStep; note: string }
  | { kind: "retry" | "ignore" | "take"; findingId: FindingId };

/** Who asks: a person that `org.yml` knows, or somebody unknown to it (then `name` says what the door knows). */
export type Actor = { kind: "person"; person: PersonId } | { kind: "stranger"; name: string };

/** What a command line came to: a command, or a sentence that says what was understood and what is possible. */
export type ParsedCommand = { kind: "command"; command: Command } | { kind: "unclear"; message: string };
