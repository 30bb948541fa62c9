import type { PersonId } from "../domain/ids.ts";
import type { Organisation } from "../domain/organisation.ts";

/** Whether a person wrote part of a change that nobody else but loops had a hand in: such a person does not approve it. */
export function isOnlyAuthor(organisation: Organisation, authorEmails: string[], person: PersonId): boolean {
  const own = emailsOf(organisation, person);
  const people = authorEmails
    .map((email) => email.toLowerCase())
    .filter((email) => email !== organisation.commitEmail.toLowerCase());
  return people.length > 0 && people.every((email) => own.includes(email));
}

const emailsOf = (organisation: Organisation, person: PersonId): string[] =>
  (organisation.people.find((one) => one.id === person)?.emails ?? []).map((email) => email.toLowerCase());
