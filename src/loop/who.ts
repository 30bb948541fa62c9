import type { Answer } from "../domain/answer.ts";
import { type Claim, type ClaimKey, holderName, isResource, pathKey, resourceKey } from "../domain/claim.ts";
import type { PersonId } from "../domain/ids.ts";
import type { Doing } from "../domain/memory.ts";
import type { Ports } from "../ports.ts";
import { tellHolder } from "./claim-notices.ts";

const rowsMax = 50;

/** Who is doing what: about a loop, a person's loops, a path or folder in any repository, or everything. */
export async function whoDoes(ports: Ports, about: string): Promise<Doing> {
  const all: Doing = { about, runs: [], claims: [], changes: [], holds: [] };
  for (const query of queriesFor(ports, about)) {
    const doing = await ports.record.doing({ ...query, limit: rowsMax });
    all.runs.push(...doing.runs);
    all.claims.push(...doing.claims);
    all.changes.push(...doing.changes);
    all.holds.push(...doing.holds);
  }
  const owners = new Map(ports.definitions.loops().map((loop) => [loop.name, loop.owner]));
  return { ...all, runs: all.runs.map((run) => ({ ...run, owner: owners.get(run.loop) ?? "" })) };
}

function queriesFor({ definitions }: Ports, about: string) {
  if (about === "") return [{}];
  const loops = definitions.loops();
  if (loops.some((loop) => loop.name === about)) return [{ loops: [about] }];
  const { people } = definitions.organisation();
  const person = people.find(
    (one) => [one.id, `@${one.id}`, one.slack, `<@${one.slack}>`].includes(about) || one.name === about,
  );
  if (person !== undefined)
    return [{ loops: loops.filter((loop) => loop.owner === person.id).map((loop) => loop.name) }];
  return definitions.organisation().repositories.map(({ name }) => ({ repository: name, path: about }));
}

/** How long a holder has to give a claim back after somebody asked. */
const askedMs = 60_000;

/** Asks whoever holds a path, a resource or a claim's key to give it back: the lease is shortened, and the holder is told. */
export async function askForRelease(ports: Ports, by: PersonId, what: string): Promise<Answer> {
  const keys = keysFor(ports, what);
  const asked = await ports.record.transact(async (tx) => {
    const claims: Claim[] = [];
    for (const key of keys) claims.push(...(await tx.askRelease(key, by, askedMs)));
    for (const claim of claims) {
      const text = `${by} asks ${holderName(claim.holder)} to give ${claim.key} back; it ends at ${claim.expiresAt.toISOString()}.`;
      await tellHolder(ports, tx, claim, { type: "claim.asked", by, text });
    }
    return claims;
  });
  if (asked.length === 0) return { kind: "refused", reason: `Nobody holds ${what.slice(0, 100)}.` };
  const names = asked.map((claim) => `${holderName(claim.holder)} (${claim.key})`).join(", ");
  return {
    kind: "done",
    text: `${names} ${asked.length === 1 ? "is" : "are"} asked; the claim ends within ${askedMs / 1000} s.`,
  };
}

function keysFor({ definitions }: Ports, what: string): ClaimKey[] {
  if (/^(finding|path|resource):/.test(what)) return [what];
  if (isResource(what)) return [resourceKey(what)];
  return definitions.organisation().repositories.map((repository) => pathKey(repository.name, what));
}
