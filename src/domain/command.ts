import type { FindingId, HoldId, LoopName, PersonId } from "./ids.ts";

/** What somebody asked for, by any door. */
export type Command =
  | { kind: "start" | "stop"; loop: LoopName }
  | { kind: "pause" | "resume"; loop: LoopName | "everything" }
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
      supersedes?: string;
      source?: string;
    }
  | { kind: "memory"; do: "list" | "show" | "forget"; what: string }
  | { kind: "release"; what: string }
  | { kind: "help"; about?: string }
  | { kind: "approve"; holdId: HoldId }
  | { kind: "reject"; holdId: HoldId; note: string }
  | { kind: "show-diff"; holdId: HoldId }
  | { kind: "retry" | "ignore" | "take"; findingId: FindingId };

/** Who asks: a person that `org.yml` knows, or somebody unknown to it (then `name` says what the door knows). */
export type Actor = { kind: "person"; person: PersonId } | { kind: "stranger"; name: string };

/** What a command line came to: a command, or a sentence that says what was understood and what is possible. */
export type ParsedCommand = { kind: "command"; command: Command } | { kind: "unclear"; message: string };
