import {
  type DetailedError,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
} from "@cedar-policy/cedar-wasm/nodejs";
import type { PolicySet } from "./policy-set.ts";
import type { Request } from "./request.ts";
import { isHard } from "./rule.ts";

/** Which rules answered. Permits that let it through, or forbids that stop it; neither means that nothing permits it. */
export interface Answer {
  isAllowed: boolean;
  /** Ids, sorted: Cedar tells them in any order. */
  rules: string[];
}

/** All rules; those that neither people nor time can clear; or the permits and those that time clears. */
export type Part = "all" | "hard" | "timed";

/**
 * Cedar keeps what it parsed for ever, by name. Two fixed names, so that reloading does not fill the memory: the set in force, and
 * the one that an edit, a test or a replay compares with it.
 */
const slots: Slot[] = [
  { name: "one", digest: "", schema: "" },
  { name: "two", digest: "", schema: "" },
];

interface Slot {
  name: string;
  /** Of the set that it holds, and that set's schema; empty while it holds none. */
  digest: string;
  schema: string;
}

/** Throws on anything that is no clean answer: an error in one rule would leave it out, and the answer could be a false allow. */
export function evaluate(set: PolicySet, part: Part, request: Request): Answer {
  const slot = slotOf(set);
  const answer = statefulIsAuthorized({
    ...request,
    preparsedSchemaName: slot,
    validateRequest: true,
    preparsedPolicySetId: `${slot}.${part}`,
  });
  if (answer.type === "failure") throw new Error(inWords(answer.errors));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0)
    throw new Error(
      inWords(
        diagnostics.errors.map((one) => ({ ...one.error, message: `${one.policyId}: ${one.error.message}` })),
      ),
    );
  return { isAllowed: decision === "allow", rules: diagnostics.reason.toSorted() };
}

const inWords = (errors: DetailedError[]): string =>
  errors
    .map((error) => `${error.message}${error.help === null ? "" : ` (${error.help})`}`)
    .join("; ")
    .slice(0, 500);

function slotOf(set: PolicySet): string {
  const [recent, other] = slots;
  if (recent === undefined || other === undefined) throw new Error("policies: there are no slots");
  if (recent.digest === set.digest) return recent.name;
  if (other.digest !== set.digest) fill(other, set);
  slots.reverse();
  return other.name;
}

function fill(slot: Slot, set: PolicySet): void {
  // Half filled is not filled: whoever comes next fills it again.
  slot.digest = "";
  if (slot.schema !== set.schema) {
    slot.schema = "";
    must(preparseSchema(slot.name, set.schema));
    slot.schema = set.schema;
  }
  const rules = [...set.rules.values()];
  const parts: { [part in Part]: typeof rules } = {
    all: rules,
    hard: rules.filter(isHard),
    timed: rules.filter((rule) => rule.effect === "permit" || rule.isTimed),
  };
  for (const [part, kept] of Object.entries(parts)) {
    const staticPolicies = Object.fromEntries(kept.map((rule) => [rule.id, rule.text]));
    must(preparsePolicySet(`${slot.name}.${part}`, { staticPolicies }));
  }
  slot.digest = set.digest;
}

function must(answer: ReturnType<typeof preparseSchema>): void {
  if (answer.type === "failure") throw new Error(`policies: ${inWords(answer.errors)}`);
}
