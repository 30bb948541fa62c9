import { isAbsolute, resolve } from "node:path";
import { z } from "zod";
import type { Group, Organisation, Person, Repository, RuleFile } from "../domain/organisation.ts";
import { inZone, parseCadence, parseTimezone } from "./cadence.ts";
import { governedFields, governedProblems, toGoverned } from "./governed.ts";
import { channelName, plainName, repositoryName } from "./names.ts";
import { type Parsed, quoted, refused, suggest, valid } from "./parsed.ts";
import { fields, listOf, mapOf, matching, problemAt, readShape, type Shaped, text } from "./shape.ts";
import { readYaml, type YamlFile } from "./yaml-file.ts";

/** What `loom dev` says over the file: another place for a repository, or a repository that the file does not have. */
export interface RepositoryOverride {
  remote?: string;
  target?: string;
}

export interface OrganisationSource {
  label: string;
  content: string;
  root: string;
  overrides: Record<string, RepositoryOverride>;
  /** The `.cedar` files that are read together with it. */
  rules: RuleFile[];
}

const email = text("an e-mail address", (given) =>
  /^[^\s<>@"]{1,64}@[^\s<>@"]{1,190}$/.test(given)
    ? valid(given)
    : refused(`is ${quoted(given)}; write an e-mail address`),
);

const remoteWanted = 'a path or an address that git understands, e.g. "git@github.com:acme/shop.git"';
const remote = text(remoteWanted, (given): Parsed<string> => {
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]*@/i.test(given))
    return refused(
      "has a password in it; keep it in git's credential helper and write the address without it",
    );
  if (/^-|^[a-z0-9+.-]+::|\p{Cc}/iu.test(given)) return refused(`is ${quoted(given)}; write ${remoteWanted}`);
  if (given.startsWith("~"))
    return refused(`is ${quoted(given)}; only a shell knows ~: write the whole path`);
  return valid(given.trim());
});

/** The rules of `git check-ref-format` for a branch. */
const branch = text("the name of a branch", (given) => {
  const isWrong =
    /[\s~^:?*[\\\p{Cc}]|\.\.|@\{|\/\/|^[/.-]|\/\.|\/$|\.$|\.lock(?:\/|$)|^@$/u.test(given) ||
    given.length > 200;
  return isWrong ? refused(`is ${quoted(given)}; git does not allow that as a branch`) : valid(given);
});

const group = (wanted = "the name of a group below") => matching(plainName.pattern, wanted);
const person = () => matching(plainName.pattern, "the name of a person below");

const githubName = text("a GitHub login or team", (given) =>
  /^[A-Za-z0-9][A-Za-z0-9-]{0,38}(?:\/[A-Za-z0-9._-]{1,100})?$/.test(given)
    ? valid(given)
    : refused(`is ${quoted(given)}; write a GitHub login, or a team such as "acme/payments", without @`),
);

/** A list of people; or, when the group is also a team on GitHub, `members` and `github`. */
const members = z
  .unknown()
  .transform((raw) =>
    typeof raw === "object" && raw !== null && !Array.isArray(raw) ? raw : { members: raw },
  )
  .pipe(fields({ members: listOf(person(), 1_000), github: githubName.optional() }));

const organisationFile = fields({
  name: text("the organisation's name", (given) => valid(given.trim())),
  timezone: text('a time zone such as "Europe/Berlin"', parseTimezone),
  commit_email: email,
  repositories: mapOf(repositoryName, fields({ remote, target: branch.default("main"), approvers: group() })),
  people: mapOf(
    plainName,
    fields({
      name: text("the person's name", (given) => valid(given.trim())),
      slack: matching(/^[UW][A-Z0-9]{2,20}$/, 'a Slack member id such as "U01ALICE"').optional(),
      github: githubName.optional(),
      emails: listOf(email, 20).default([]),
    }),
  ),
  groups: mapOf(plainName, members),
  may: fields({ start: listOf(group(), 50), pause: listOf(group(), 50), settle: listOf(group(), 50) }),
  break_glass: group().optional(),
  trusted_loops: listOf(matching(/^[a-z0-9-]{1,64}$/, "the name of a loop"), 200).default([]),
  digest: fields({
    cadence: text('e.g. "weekdays 08:00"', parseCadence),
    channel: matching(channelName.pattern, channelName.wanted),
  }),
  ...governedFields,
});
type OrganisationFile = z.output<typeof organisationFile>;

export interface OrganisationDraft {
  organisation: Organisation;
  file: YamlFile;
}

/** Reads `policies/org.yml` and looks up every name in it. */
export function readOrganisation(source: OrganisationSource): Shaped<OrganisationDraft> {
  const yaml = readYaml(source.label, source.content);
  if (yaml.kind === "refused") return yaml;
  const shaped = readShape(yaml.file, organisationFile);
  if (shaped.kind === "refused") return shaped;
  const problems = [
    ...unknownNames(yaml.file, shaped.value),
    ...twiceUsed(yaml.file, shaped.value),
    ...governedProblems(yaml.file, shaped.value),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  return { kind: "valid", value: { organisation: toOrganisation(shaped.value, source), file: yaml.file } };
}

function unknownNames(file: YamlFile, raw: OrganisationFile): string[] {
  const people = Object.keys(raw.people);
  const groups = Object.keys(raw.groups);
  const missing = (path: PropertyKey[], name: string, known: string[], what: string) =>
    known.includes(name)
      ? []
      : [problemAt(file, path, `"${name}" is not among the ${what}; ${suggest(name, known)}`)];
  return [
    ...Object.entries(raw.repositories).flatMap(([name, one]) =>
      missing(["repositories", name, "approvers"], one.approvers, groups, "groups"),
    ),
    ...Object.entries(raw.groups).flatMap(([name, { members }]) =>
      members.length === 0
        ? [problemAt(file, ["groups", name], "has no members; nobody could answer for it")]
        : members.flatMap((member, at) => missing(["groups", name, at], member, people, "people")),
    ),
    ...Object.entries(raw.may).flatMap(([permission, names]) =>
      names.flatMap((name, at) => missing(["may", permission, at], name, groups, "groups")),
    ),
    ...(raw.break_glass === undefined ? [] : missing(["break_glass"], raw.break_glass, groups, "groups")),
  ];
}

/** Two people with one Slack account or address would make it unclear who approved. */
function twiceUsed(file: YamlFile, raw: OrganisationFile): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  const use = (path: PropertyKey[], value: string, id: string) => {
    const key = value.toLowerCase();
    const owner = owners.get(key);
    if (owner !== undefined)
      problems.push(problemAt(file, path, `"${value}" is also ${owner}'s; it can be one person's only`));
    owners.set(key, id);
  };
  for (const [id, one] of Object.entries(raw.people)) {
    if (one.slack !== undefined) use(["people", id, "slack"], one.slack, id);
    if (one.github !== undefined) use(["people", id, "github"], one.github, id);
    for (const [at, address] of one.emails.entries()) use(["people", id, "emails", at], address, id);
  }
  return problems;
}

function toOrganisation(raw: OrganisationFile, source: OrganisationSource): Organisation {
  return {
    name: raw.name,
    timezone: raw.timezone,
    repositories: withOverrides(raw, source),
    people: Object.entries(raw.people).map(
      ([id, one]): Person => ({
        id,
        name: one.name,
        emails: one.emails,
        ...(one.slack === undefined ? {} : { slack: one.slack }),
        ...(one.github === undefined ? {} : { github: one.github }),
      }),
    ),
    groups: Object.entries(raw.groups).map(
      ([name, one]): Group => ({
        name,
        members: [...new Set(one.members)],
        ...(one.github === undefined ? {} : { github: one.github }),
      }),
    ),
    may: raw.may,
    breakGlass: raw.break_glass ?? null,
    trustedLoops: raw.trusted_loops,
    ...toGoverned(raw),
    rules: source.rules,
    digest: { cadence: inZone(raw.digest.cadence, raw.timezone), channel: raw.digest.channel },
    commitEmail: raw.commit_email,
  };
}

function withOverrides(raw: OrganisationFile, source: OrganisationSource): Repository[] {
  const written = Object.entries(raw.repositories).map(([name, one]): Repository => ({ name, ...one }));
  const first = written[0];
  const added = Object.keys(source.overrides)
    .filter((name) => !Object.hasOwn(raw.repositories, name))
    // A repository that only the command line names is approved by those who approve the first one of the file.
    .flatMap((name): Repository[] =>
      first === undefined ? [] : [{ name, remote: "", target: "main", approvers: first.approvers }],
    );
  return [...written, ...added].map((repository) => {
    const override = Object.hasOwn(source.overrides, repository.name)
      ? source.overrides[repository.name]
      : undefined;
    return {
      ...repository,
      remote: againstRoot(override?.remote ?? repository.remote, source.root),
      target: override?.target ?? repository.target,
    };
  });
}

/** Addresses stay as they are; in git's short form a colon comes before the first slash. */
function againstRoot(remote: string, root: string): string {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(remote) || /^[^/]+:/.test(remote);
  return isAddress || isAbsolute(remote) ? remote : resolve(root, remote);
}
