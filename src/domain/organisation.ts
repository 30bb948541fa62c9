import type { ChannelName, GroupName, LoopName, PersonId, RepositoryName } from "./ids.ts";
import type { Cadence } from "./loop.ts";

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
  emails: string[];
}

export interface Group {
  name: GroupName;
  members: PersonId[];
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
  /** Loops whose unconflicted, passed changes land without asking. */
  trustedLoops: LoopName[];
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
