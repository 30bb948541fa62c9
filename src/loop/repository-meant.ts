import { expandGlobs } from "../coordination/expand-globs.ts";
import type { Command } from "../domain/command.ts";
import type { RepositoryName } from "../domain/ids.ts";
import type { MemoryEntry } from "../domain/memory.ts";
import type { Ports } from "../ports.ts";

type Meant = { kind: "meant"; repository: RepositoryName } | { kind: "refused"; reason: string };

/** Which repository a decision is about: the one that is named, that of the older decision, the only one, or the only one with its paths. */
export async function repositoryMeant(
  ports: Ports,
  { repository, paths }: Extract<Command, { kind: "decide" }>,
  older: MemoryEntry | null,
): Promise<Meant> {
  const names = ports.definitions.organisation().repositories.map((one) => one.name);
  const named = repository ?? older?.scope.repository ?? (names.length === 1 ? names[0] : undefined);
  if (named !== undefined && names.includes(named)) return { kind: "meant", repository: named };
  if (names.length === 0) return refused("org.yml names no repository yet.");
  if (named !== undefined)
    return refused(`There is no repository "${named.slice(0, 40)}"; there are ${names.join(", ")}.`);

  const having = paths.length === 0 ? [] : await repositoriesWith(ports, paths);
  const [only, ...others] = having;
  if (only !== undefined && others.length === 0) return { kind: "meant", repository: only };
  const why =
    paths.length === 0 ? "a decision is about one" : `the paths are in ${having.join(" and ") || "none"}`;
  return refused(
    `There are ${names.length} repositories and ${why}: add \`repository: ${names[0]}\` (${names.join(", ")}).`,
  );
}

async function repositoriesWith(ports: Ports, paths: string[]): Promise<RepositoryName[]> {
  const globs = paths.map((path) => (path.endsWith("/") ? `${path}**` : path));
  const having: RepositoryName[] = [];
  for (const repository of ports.definitions.organisation().repositories) {
    const { target } = await ports.code.fetch(repository);
    const files = await ports.code.list(repository.name, target, "");
    if (expandGlobs(globs, files).kind === "expanded") having.push(repository.name);
  }
  return having;
}

const refused = (reason: string): Meant => ({ kind: "refused", reason });
