import { z } from "zod";
import { refused, valid } from "./parsed.ts";
import { fields, leaf, mapOf, matching, problemAt, readShape, text } from "./shape.ts";
import { readYaml, type YamlFile } from "./yaml-file.ts";

/** A skill in the open Agent Skills format (agentskills.io): front matter and Markdown. */
export interface Skill {
  name: string;
  description: string;
  /** The Markdown below the front matter. */
  instructions: string;
}

export type ReadSkill = { kind: "valid"; skill: Skill } | { kind: "refused"; problems: string[] };

const skillName = {
  pattern: /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
  wanted: "1 to 64 of a-z, 0-9 and single hyphens, none at either end",
};

const upTo = (charactersMax: number, wanted: string) =>
  text(wanted, (given) => {
    const { length } = Array.from(given.trim());
    return length <= charactersMax
      ? valid(given.trim())
      : refused(`has ${length} characters; at most ${charactersMax} are allowed`);
  });

const frontMatter = fields({
  name: matching(skillName.pattern, skillName.wanted).pipe(
    z.string().max(64, { error: `is too long; write ${skillName.wanted}` }),
  ),
  description: upTo(1_024, "what the skill does and when to use it"),
  license: upTo(1_024, "the name of a licence").optional(),
  compatibility: upTo(500, "what the skill needs to run").optional(),
  metadata: mapOf({ pattern: /^[^\s].*$/, wanted: "a word" }, upTo(1_024, "a text")).optional(),
  "allowed-tools": leaf((raw) =>
    typeof raw === "string" || (Array.isArray(raw) && raw.every((tool) => typeof tool === "string"))
      ? valid(raw)
      : refused("is not understood; write a list of tool names, or one text with spaces between them"),
  ).optional(),
});

/** Reads SKILL.md from the folder named `folder`. */
export function readSkill(label: string, content: string, folder: string): ReadSkill {
  const parts = /^\uFEFF?---[ \t]*\r?\n((?:[\s\S]*?\r?\n)?)---[ \t]*(?:\r?\n|$)([\s\S]*)$/.exec(content);
  if (parts === null) {
    const slip = /^\uFEFF?---/.test(content)
      ? "opens front matter and never closes it"
      : "begins without front matter";
    return refuse(`${label}:1: ${slip}; write "---", then name: and description:, then "---"`);
  }
  const yaml = readYaml(label, parts[1] ?? "", 1);
  if (yaml.kind === "refused") return yaml;
  const shaped = readShape(yaml.file, frontMatter);
  if (shaped.kind === "refused") return shaped;
  const { name, description } = shaped.value;
  const problem = misnamed(yaml.file, name, folder);
  if (problem !== undefined) return refuse(problem);
  return { kind: "valid", skill: { name, description, instructions: (parts[2] ?? "").trim() } };
}

function misnamed(file: YamlFile, name: string, folder: string): string | undefined {
  if (name === folder) return undefined;
  return problemAt(
    file,
    ["name"],
    `"${name}" is not the folder's name; write "${folder}" or rename the folder`,
  );
}

const refuse = (problem: string): ReadSkill => ({ kind: "refused", problems: [problem] });
