import { createHash } from "node:crypto";
import type { CheckCommand, LoopDefinition } from "../domain/loop.ts";
import type { Organisation } from "../domain/organisation.ts";
import { endOfDay } from "./amounts.ts";
import { inZone } from "./cadence.ts";
import type { FileRead, SkillFolder } from "./definition-files.ts";
import { type LoopFile, loopFile } from "./loop-file.ts";
import { reservedLoopNames } from "./names.ts";
import { suggest } from "./parsed.ts";
import { problemAt, readShape } from "./shape.ts";
import { readSkill, type Skill } from "./skill-file.ts";
import { readYaml, type YamlFile } from "./yaml-file.ts";

/** What `loom dev` says over a loop's file. A check replaces the file's whole. */
export interface LoopOverride {
  repository?: string;
  check?: CheckCommand;
}

/** A loop whose own files are right; whether the organisation knows its owner and repository is a question of its own. */
export interface LoopDraft {
  name: string;
  dir: string;
  digest: string;
  skill: Skill;
  written: LoopFile;
  file: YamlFile;
}

/** What a folder under `skills/` came to. `isLoop`: it has a loop.yml, right or wrong. */
export interface FolderRead {
  name: string;
  isLoop: boolean;
  draft: LoopDraft | null;
  problems: string[];
}

export function readFolder(folder: SkillFolder): FolderRead {
  const isLoop = folder.loop.kind !== "absent";
  const skill = readSkillOf(folder);
  const loop = isLoop ? readLoopOf(folder.loop) : null;
  const problems = [...folder.problems, ...skill.problems, ...(loop?.problems ?? [])];
  if (isLoop && reservedLoopNames.includes(folder.name))
    problems.push(
      `${folder.loop.label}:1: "${folder.name}" means all loops in commands; name the folder otherwise`,
    );
  if (skill.skill !== null && isLoop && skill.skill.instructions === "")
    problems.push(
      `${folder.skill.label}:1: has no instructions below the front matter; a loop's maker reads them`,
    );
  if (problems.length > 0 || skill.skill === null || loop === null || loop.written === null)
    return { name: folder.name, isLoop, draft: null, problems };
  const digest = digestOf([folder.skill, folder.loop]);
  const draft = { name: folder.name, dir: folder.dir, digest, skill: skill.skill, ...loop.written };
  return { name: folder.name, isLoop, draft, problems };
}

/** Fills in what only the organisation knows, and looks up the loop's names in it. */
export function joinLoop(
  draft: LoopDraft,
  organisation: Organisation,
  override: LoopOverride = {},
): { kind: "valid"; loop: LoopDefinition } | { kind: "refused"; problems: string[] } {
  const { deploy, ...written } = draft.written;
  const { untilDay, ...stop } = written.stop;
  const repository = override.repository ?? draft.written.repository;
  const people = organisation.people.map((one) => one.id);
  const repositories = organisation.repositories.map((one) => one.name);
  const problems = [
    ...unlisted(draft.file, "owner", draft.written.owner, people),
    ...unlisted(draft.file, "repository", repository, repositories),
    ...unknownEnvironment(draft, organisation.environments),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  const loop: LoopDefinition = {
    ...written,
    ...(deploy === undefined ? {} : { deploy }),
    name: draft.name,
    description: draft.skill.description,
    instructions: draft.skill.instructions,
    skillDir: draft.dir,
    digest: draft.digest,
    repository,
    cadence: inZone(draft.written.cadence, organisation.timezone),
    checker: { kind: draft.written.checker },
    check: override.check ?? draft.written.check,
    stop: {
      ...stop,
      ...(untilDay === undefined ? {} : { until: endOfDay(untilDay, organisation.timezone) }),
    },
  };
  return { kind: "valid", loop };
}

function readSkillOf(folder: SkillFolder): { skill: Skill | null; problems: string[] } {
  const file = folder.skill;
  if (file.kind === "absent")
    return { skill: null, problems: [`${file.label}: is missing; every folder in skills/ holds a skill`] };
  if (file.kind === "unreadable") return { skill: null, problems: [file.problem] };
  const read = readSkill(file.label, file.content, folder.name);
  return read.kind === "valid"
    ? { skill: read.skill, problems: [] }
    : { skill: null, problems: read.problems };
}

function readLoopOf(found: FileRead): {
  written: { written: LoopFile; file: YamlFile } | null;
  problems: string[];
} {
  if (found.kind !== "read")
    return { written: null, problems: found.kind === "unreadable" ? [found.problem] : [] };
  const yaml = readYaml(found.label, found.content);
  if (yaml.kind === "refused") return { written: null, problems: yaml.problems };
  const shaped = readShape(yaml.file, loopFile);
  if (shaped.kind === "refused") return { written: null, problems: shaped.problems };
  return { written: { written: shaped.value, file: yaml.file }, problems: [] };
}

function unlisted(file: YamlFile, key: "owner" | "repository", name: string, known: string[]): string[] {
  if (known.includes(name)) return [];
  const whole = key === "owner" ? "people" : "repositories";
  return [
    problemAt(
      file,
      [key],
      `"${name}" is not among the ${whole} of policies/org.yml; ${suggest(name, known)}`,
    ),
  ];
}

function unknownEnvironment({ file, written }: LoopDraft, known: string[]): string[] {
  const to = written.deploy?.to;
  if (to === undefined || known.includes(to)) return [];
  return [
    problemAt(
      file,
      ["deploy", "to"],
      `"${to}" is not among the environments of policies/org.yml; ${suggest(to, known)}`,
    ),
  ];
}

/** Lengths go in first, so that text moved from one file to the other gives another digest. */
function digestOf(files: FileRead[]): string {
  const hash = createHash("sha256");
  for (const file of files) {
    if (file.kind !== "read") continue;
    hash.update(`${file.bytes.length}\n`).update(file.bytes);
  }
  return hash.digest("hex");
}
