import type { LoopDefinition } from "../domain/loop.ts";
import type { Organisation } from "../domain/organisation.ts";
import { type FoundFiles, findFiles } from "./definition-files.ts";
import { type FolderRead, joinLoop, type LoopDraft, type LoopOverride, readFolder } from "./loop-draft.ts";
import { type OrganisationDraft, type RepositoryOverride, readOrganisation } from "./organisation-file.ts";
import { suggest } from "./parsed.ts";
import { problemAt, type Shaped } from "./shape.ts";

/** What the command line says over the files, by name. */
export interface Overrides {
  repositories?: Record<string, RepositoryOverride>;
  loops?: Record<string, LoopOverride>;
}

/** Where to read, and what is said over the files. */
export interface Given {
  root: string;
  overrides: Overrides;
  /** LoomStack's own folder, whose rules are in force where `root` has none. */
  shippedRoot?: string;
  /** What is wrong in the rules together with their organisation. Without it, rules are not checked. */
  checkRules?: (organisation: Organisation) => string[];
}

export type ReadDefinitions =
  | { kind: "valid"; organisation: Organisation; loops: LoopDefinition[] }
  | { kind: "refused"; problems: string[] };

/** Reads `policies/org.yml` and `skills/` under `root`. Anything wrong refuses all of it, with every problem at once. */
export async function readDefinitions(
  root: string,
  overrides: Overrides = {},
  rules: Pick<Given, "checkRules" | "shippedRoot"> = {},
): Promise<ReadDefinitions> {
  const given: Given = { ...rules, root, overrides };
  const chosen = choose(await findFiles(root, given.shippedRoot), nothingGood, given);
  if (chosen.problems.length > 0 || chosen.inForce === null)
    return { kind: "refused", problems: chosen.problems };
  return { kind: "valid", ...chosen.inForce };
}

/** The files that were right when they were last read. All its loops fit its organisation. */
export interface GoodFiles {
  organisation: OrganisationDraft | null;
  loops: Map<string, LoopDraft>;
}

export const nothingGood: GoodFiles = { organisation: null, loops: new Map() };

export interface Chosen {
  good: GoodFiles;
  /** Null without any good organisation. */
  inForce: { organisation: Organisation; loops: LoopDefinition[] } | null;
  problems: string[];
}

/** Chooses for every file the newest good version, so that what is in force fits together. */
export function choose(found: FoundFiles, last: GoodFiles, given: Given): Chosen {
  const folders = found.folders?.map(readFolder) ?? foldersOf(last);
  const organisation = organisationOf(found, given);
  const fresh = organisation.kind === "valid" ? organisation.value : null;
  const broken = organisation.kind === "refused" ? organisation.problems : [];
  const misses = fresh === null ? [] : missesOf(fresh, folders, given.overrides);

  const withFresh = fresh === null ? null : joinAll(folders, last, fresh, given.overrides);
  if (fresh !== null && withFresh !== null && withFresh.orphans.length === 0)
    return inForce(fresh, withFresh, [...found.problems, ...misses, ...withFresh.problems]);

  if (last.organisation === null)
    return {
      good: last,
      inForce: null,
      problems: [...found.problems, ...broken, ...folders.flatMap((folder) => folder.problems)],
    };
  // A new organisation that takes away what a running loop stands on waits until the loop's files follow.
  const withLast = joinAll(folders, last, last.organisation, given.overrides);
  const wait = (withFresh?.orphans ?? []).map(
    (name) =>
      `${found.organisation.label}: the last good version stays in force, for the loop ${name} does not fit the new one`,
  );
  const problems = [...found.problems, ...broken, ...misses, ...wait, ...(withFresh ?? withLast).problems];
  return inForce(last.organisation, withLast, problems);
}

interface Joined {
  drafts: Map<string, LoopDraft>;
  loops: LoopDefinition[];
  problems: string[];
  /** Loops with a good version, none of which fits this organisation. */
  orphans: string[];
}

function joinAll(
  folders: FolderRead[],
  last: GoodFiles,
  to: OrganisationDraft,
  overrides: Overrides,
): Joined {
  const result: Joined = { drafts: new Map(), loops: [], problems: [], orphans: [] };
  for (const folder of folders) {
    const older = folder.isLoop ? last.loops.get(folder.name) : undefined;
    const versions = [folder.draft, older].filter((draft) => draft !== null && draft !== undefined);
    const joined = versions.map((draft) => ({
      draft,
      result: joinLoop(draft, to.organisation, ownValue(overrides.loops, folder.name)),
    }));
    const [newest] = joined;
    result.problems.push(...folder.problems);
    if (newest?.draft === folder.draft && newest?.result.kind === "refused")
      result.problems.push(...newest.result.problems);
    const good = joined.find((one) => one.result.kind === "valid");
    if (good?.result.kind === "valid") {
      result.drafts.set(folder.name, good.draft);
      result.loops.push(good.result.loop);
    } else if (older !== undefined) result.orphans.push(folder.name);
  }
  return result;
}

const inForce = (organisation: OrganisationDraft, joined: Joined, problems: string[]): Chosen => ({
  good: { organisation, loops: joined.drafts },
  inForce: { organisation: organisation.organisation, loops: joined.loops },
  problems,
});

/** While `skills/` cannot be listed, the loops are what they were. */
const foldersOf = (last: GoodFiles): FolderRead[] =>
  [...last.loops.values()].map((draft) => ({ name: draft.name, isLoop: true, draft, problems: [] }));

/** The file and its rules are one: they are in force together, or the last good ones of both stay. */
function organisationOf({ organisation: file, rules }: FoundFiles, given: Given): Shaped<OrganisationDraft> {
  if (file.kind === "unreadable") return { kind: "refused", problems: [file.problem] };
  if (file.kind === "absent")
    return {
      kind: "refused",
      problems: [`${file.label}: is missing in ${given.root}; start from the one that LoomStack ships`],
    };
  const unread = rules.flatMap((one) => (one.kind === "unreadable" ? [one.problem] : []));
  const overrides = given.overrides.repositories ?? {};
  const shaped = readOrganisation({
    label: file.label,
    content: file.content,
    root: given.root,
    overrides,
    rules: rules.flatMap((one) => (one.kind === "read" ? [{ label: one.label, text: one.content }] : [])),
  });
  if (shaped.kind === "refused") return { kind: "refused", problems: [...shaped.problems, ...unread] };
  const problems = [...unread, ...(given.checkRules?.(shaped.value.organisation) ?? [])];
  return problems.length === 0 ? shaped : { kind: "refused", problems };
}

/** Names of loops that no folder carries: in the organisation's file and in what the command line says. */
function missesOf(organisation: OrganisationDraft, folders: FolderRead[], overrides: Overrides): string[] {
  const names = folders.filter((folder) => folder.isLoop).map((folder) => folder.name);
  const { trustedLoops, trust, tools } = organisation.organisation;
  const named: [PropertyKey[], string][] = [
    ...trustedLoops.map((name, at): [PropertyKey[], string] => [["trusted_loops", at], name]),
    ...Object.keys(trust).map((name): [PropertyKey[], string] => [["trust", name], name]),
    ...tools.flatMap((tool) =>
      tool.loops.map((name, at): [PropertyKey[], string] => [["tools", tool.name, "loops", at], name]),
    ),
  ];
  const unknown = named.flatMap(([path, name]) =>
    names.includes(name)
      ? []
      : [problemAt(organisation.file, path, `"${name}" is not among the loops; ${suggest(name, names)}`)],
  );
  const overridden = Object.keys(overrides.loops ?? {}).flatMap((name) =>
    names.includes(name) ? [] : [`command line: "${name}" is not among the loops; ${suggest(name, names)}`],
  );
  return [...unknown, ...overridden];
}

const ownValue = <T>(record: Record<string, T> | undefined, name: string): T | undefined =>
  record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
