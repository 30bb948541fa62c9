import { until } from "../services/until.ts";

// What the control API answers, as far as these tests read it.
export interface SeenMessage {
  ts: string;
  user: string;
  text: string;
  blocks?: SeenBlock[];
  thread_ts?: string;
  ephemeral_for?: string;
  metadata?: { event_type: string; event_payload: { key: string } };
}

export interface SeenBlock {
  type: string;
  text?: { text: string };
  elements?: { type: string; action_id?: string; value?: string; text?: unknown; confirm?: object }[];
}

export interface SeenState {
  app: { name: string; user: string; connected: boolean };
  users: { id: string; name: string }[];
  channels: { id: string; name: string; messages: SeenMessage[] }[];
  views: { user: string; view_id: string; view: { callback_id?: string; blocks: SeenBlock[] } }[];
  homes: Record<string, { blocks: SeenBlock[] }>;
  pendingEvents: unknown[];
}

export interface Done {
  ok: boolean;
  error?: string;
  message?: string;
  errors?: Record<string, string>;
  ts?: string;
}

/** The local workspace as a script has it. */
export interface Workspace {
  state(): Promise<SeenState>;
  post(name: string, body: object): Promise<Done>;
  command(user: string, text: string, channel?: string): Promise<Done>;
  click(user: string, message: Found, actionId: string): Promise<Done>;
  /** Messages of a channel that have this beginning of a key, oldest first. */
  withKey(channel: string, prefix: string): Promise<Found[]>;
  /** What only this person sees in a channel. */
  whispers(user: string, channel?: string): Promise<string[]>;
}

export type Found = SeenMessage & { channel: string; key: string };

export function workspaceAt(url: string): Workspace {
  const post = async (name: string, body: object): Promise<Done> => {
    const response = await fetch(`${url}/local/${name}`, { method: "POST", body: JSON.stringify(body) });
    return (await response.json()) as Done;
  };
  const state = async () => (await (await fetch(`${url}/local/state`)).json()) as SeenState;
  const messages = async (channel: string) =>
    (await state()).channels.find((one) => one.name === channel)?.messages ?? [];
  return {
    state,
    post,
    command: (user, text, channel = "triage") => post("command", { user, channel, command: "/loom", text }),
    click: (user, { channel, ts }, actionId) => post("click", { user, channel, ts, action_id: actionId }),
    async withKey(channel, prefix) {
      return (await messages(channel)).flatMap((message) => {
        const key = message.metadata?.event_payload.key ?? "";
        return key.startsWith(prefix) ? [{ ...message, channel, key }] : [];
      });
    },
    async whispers(user, channel = "triage") {
      const id = (await state()).users.find((one) => one.name === user)?.id;
      return (await messages(channel)).filter((one) => one.ephemeral_for === id).map(textOf);
    },
  };
}

/** Everything that can be read in a message. */
export function textOf(message: { text?: string; blocks?: SeenBlock[] }): string {
  const found: string[] = [message.text ?? ""];
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    // An array's entries are its indexes and what stands there.
    for (const [name, inner] of Object.entries(value)) {
      if (name === "text" && typeof inner === "string") found.push(inner);
      else walk(inner);
    }
  };
  walk(message.blocks ?? []);
  return found.join("\n");
}

export const hasButton = (message: { blocks?: SeenBlock[] }, actionId: string): boolean =>
  (message.blocks ?? []).some((block) => (block.elements ?? []).some((one) => one.action_id === actionId));

const outcomesWithinMs = 150_000;

export interface Outcomes {
  bug: Found;
  rounding: Found;
  inbox: Found;
}

/** Waits until the sample's three findings have come to their ends: two questions and one thing for the inbox. */
export async function threeOutcomes(workspace: Workspace): Promise<Outcomes> {
  const look = async (): Promise<Partial<Outcomes>> => {
    const holds = (await workspace.withKey("triage", "hold:")).filter((one) =>
      hasButton(one, "hold_approve"),
    );
    const bug = holds.find((one) => textOf(one).includes("shipping:"));
    const rounding = holds.find((one) => textOf(one).includes("round half a cent"));
    const [inbox] = await workspace.withKey("triage", "inbox:");
    return { ...(bug ? { bug } : {}), ...(rounding ? { rounding } : {}), ...(inbox ? { inbox } : {}) };
  };
  let seen: Partial<Outcomes> = {};
  await until(
    "the three outcomes",
    async () => {
      seen = await look();
      return seen.bug !== undefined && seen.rounding !== undefined && seen.inbox !== undefined;
    },
    outcomesWithinMs,
  );
  return seen as Outcomes;
}

/** The message of this key as it is now. */
export async function messageOf(workspace: Workspace, { channel, key }: Found): Promise<Found> {
  const [message] = await workspace.withKey(channel, key);
  if (message === undefined) throw new Error(`there is no message ${key} in #${channel} any more`);
  return message;
}
