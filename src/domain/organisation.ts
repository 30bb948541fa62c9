import type { ChannelName, GroupName, LoopName, PersonId, RepositoryName } from "./ids.ts";
import type { Cadence } from "./loop.ts";
import type { Need } from "./ruling.ts";

export interface Repository {
  name: RepositoryName;
  /** A path or an address that git understands. */
  remote: string;
  /** The branch that changes land on. */
  target: string;
  /** Who approves its held changes. */
  approvers: GroupName;
}

export interface Person {
  id: PersonId;
  name: string;
  slack?: string;
  /** Their GitHub login, by which CODEOWNERS names them. */
  github?: string;
  emails: string[];
}

export interface Group {
  name: GroupName;
  members: PersonId[];
  /** `acme/payments`: the team by which CODEOWNERS names the group. */
  github?: string;
}

/** A part of every repository, by globs over its paths. */
export interface Zone {
  name: string;
  globs: string[];
}

/** One thing that a connector can do. `writes` is said, never guessed from the name. */
export interface Tool {
  name: string;
  writes: boolean;
  /** Which loops may call it. */
  loops: LoopName[];
}

/** A freeze that stands in the organisation's file, between two moments. */
export interface StandingFreeze {
  name: string;
  /** Null means everywhere. */
  zone: string | null;
  from: Date;
  until: Date;
  why: string;
}

/** The file's rules: name relative to the root, and its text. */
export interface RuleFile {
  label: string;
  text: string;
}

export type Permission = "start" | "pause" | "settle";

/** Who and where: read from `policies/org.yml`. */
export interface Organisation {
  name: string;
  timezone: string;
  repositories: Repository[];
  people: Person[];
  groups: Group[];
  /** Which groups may start and stop loops, pause everything, and settle inbox items. */
  may: Record<Permission, GroupName[]>;
  /** Who may override a hold (never a denial) with a reason; null when nobody may. */
  breakGlass: GroupName | null;
  /** Loops whose unconflicted, passed changes land without asking. */
  trustedLoops: LoopName[];
  /** A loop's trust, 0 to 3; the trusted loops have 3, all others that are not named 0. */
  trust: { [loop: LoopName]: number };
  /** Built-in zones included, extended where the file extends them. */
  zones: Zone[];
  environments: string[];
  tools: Tool[];
  freezes: StandingFreeze[];
  /** Of one run, in US dollars, whatever the loop's own file allows. */
  budgets: { runUsdMax: number };
  /** The rules in force, as written. They are checked together with this file. */
  rules: RuleFile[];
  digest: { cadence: Cadence; channel: ChannelName };
  /** The address on LoomStack's own commits. */
  commitEmail: string;
}

export const personBySlack = (org: Organisation, slackUserId: string): Person | undefined =>
  org.people.find((person) => person.slack === slackUserId);

export const isMember = (org: Organisation, group: GroupName, person: PersonId): boolean =>
  org.groups.some((g) => g.name === group && g.members.includes(person));

export const mayDo = (org: Organisation, permission: Permission, person: PersonId): boolean =>
  org.may[permission].some((group) => isMember(org, group, person));

/** By the login or team that CODEOWNERS writes, without @. Case does not count, as on GitHub. */
export const groupByGithub = (org: Organisation, team: string): Group | undefined =>
  org.groups.find((group) => group.github?.toLowerCase() === team.toLowerCase());

export const personByGithub = (org: Organisation, login: string): Person | undefined =>
  org.people.find((person) => person.github?.toLowerCase() === login.toLowerCase());

/** Whether a person may give one of the approvals that are needed, by the groups as they are now. */
export const mayMeet = (org: Organisation, need: Need, person: PersonId): boolean =>
  need.people === undefined ? isMember(org, need.group, person) : need.people.includes(person);

/** Everybody who may give one of the approvals that are needed. */
export const membersFor = (org: Organisation, need: Need): PersonId[] =>
  need.people ?? org.groups.find((group) => group.name === need.group)?.members ?? [];

export const trustOf = (org: Organisation, loop: LoopName): number =>
  org.trustedLoops.includes(loop) ? 3 : (org.trust[loop] ?? 0);
