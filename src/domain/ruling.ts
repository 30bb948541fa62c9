import type { GroupName } from "./ids.ts";

/** Policy's answer on one action. The reasons are sentences; `rule` names what said so. */
export type Ruling =
  | { kind: "allow"; reasons: Reason[] }
  | { kind: "hold"; group: GroupName; reasons: Reason[] }
  | { kind: "deny"; reasons: Reason[] };

export interface Reason {
  rule: string;
  text: string;
}
