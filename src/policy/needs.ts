import type { PersonId } from "../domain/ids.ts";
import { groupByGithub, type Organisation, personByGithub } from "../domain/organisation.ts";
import type { ApprovalFact, ChangePolicyFacts, PolicyFacts } from "../domain/policy-facts.ts";
import type { Need } from "../domain/ruling.ts";
import type { AskedFor } from "./rule.ts";
import { isUndoing } from "./undoing.ts";

/** Who in particular is asked now, for what a rule writes. */
export function needsFor(asked: AskedFor, facts: PolicyFacts): Need[] {
  const { who, count } = asked;
  const approvers: Need = { group: facts.approvers, count };
  switch (who) {
    case "approvers":
      return [approvers];
    case "loop-owner":
      return [{ group: `the owner of ${facts.loop.name}`, people: [facts.loop.owner], count }];
    case "undone-owner":
      return undoneOwners(facts, approvers);
    case "code-owners":
      return codeOwners(facts, approvers);
    default:
      return [{ group: who, count }];
  }
}

/** Of work that nobody here owns any more, the repository's approvers decide. */
function undoneOwners(facts: PolicyFacts, approvers: Need): Need[] {
  if (!("change" in facts)) return [approvers];
  const undone = facts.change.conflicts.filter(isUndoing);
  const owned = undone.flatMap(({ owner, with: other }) =>
    owner === null
      ? []
      : [{ group: `the owner of ${other.replace(/ \(.*$/, "")}`, people: [owner], count: 1 }],
  );
  return undone.some((one) => one.owner === null) || owned.length === 0 ? [...owned, approvers] : owned;
}

/** The repository's approvers stand in for owners that `org.yml` does not know, and for what nobody owns. */
function codeOwners(facts: PolicyFacts, approvers: Need): Need[] {
  if (!("change" in facts)) return [approvers];
  const { knownOwners, owners, unowned } = facts.change;
  const { count } = approvers;
  const needs = knownOwners.map(
    ({ group, person }): Need => (person === null ? { group, count } : { group, people: [person], count: 1 }),
  );
  return needs.length < owners.length || unowned > 0 || needs.length === 0 ? [...needs, approvers] : needs;
}

/** Owners as `org.yml` knows them: teams of GitHub as groups, logins and addresses as people. */
export const knownOwners = (owners: string[], org: Organisation): ChangePolicyFacts["knownOwners"] =>
  owners.flatMap((owner): ChangePolicyFacts["knownOwners"] => {
    const name = owner.replace(/^@/, "");
    const group = groupByGithub(org, name);
    if (group !== undefined) return [{ group: group.name, person: null }];
    const person =
      personByGithub(org, name) ??
      org.people.find((one) => one.emails.some((email) => email.toLowerCase() === name.toLowerCase()));
    return person === undefined ? [] : [{ group: person.name, person: person.id }];
  });

/** Whose approvals meet all needs, or null when some are still missing. One person counts once for each need. */
export function metBy(needs: Need[], approvals: ApprovalFact[]): PersonId[] | null {
  const by = new Set<PersonId>();
  for (const need of needs) {
    const counted = new Set(
      approvals
        .filter((one) => need.people?.includes(one.person) ?? one.groups.includes(need.group))
        .map((one) => one.person),
    );
    if (counted.size < need.count) return null;
    for (const person of counted) by.add(person);
  }
  return [...by].sort();
}
