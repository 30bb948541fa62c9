import type { Given } from "../config/definitions.ts";
import type { Organisation } from "../domain/organisation.ts";
import { loadPolicies } from "../policy/policy-set.ts";
import { packageRoot } from "./settings.ts";

const checkRules = (organisation: Organisation): string[] => {
  const loaded = loadPolicies(organisation);
  return loaded.kind === "refused" ? loaded.problems : [];
};

/** How every process reads rules: checked against their organisation, and the shipped ones where there are no others. */
export const ruleOptions: Required<Pick<Given, "checkRules" | "shippedRoot">> = {
  checkRules,
  shippedRoot: packageRoot,
};
