import type { WebClient } from "@slack/web-api";
import type { Answer, Overview } from "../../domain/answer.ts";
import type { Actor, Command } from "../../domain/command.ts";
import { type Organisation, type Person, personBySlack } from "../../domain/organisation.ts";
import { parseCommand } from "../../domain/parse-command.ts";
import type { Log } from "../../ports.ts";
import type { Rendered } from "./blocks/kit.ts";
import { renderAnswer } from "./blocks/render-answer.ts";
import { typedText } from "./typed-text.ts";

/** What every listener needs. Listeners hold no rules: they say who asks for what, and show the answer. */
export interface Door {
  client: WebClient;
  bot: { userId: string; teamUrl?: string | undefined };
  organisation: () => Organisation;
  loopNames: () => string[];
  perform: (actor: Actor, command: Command) => Promise<Answer>;
  overview: () => Promise<Overview>;
  log: Log;
}

/** Who pressed or wrote, as Slack's signed payload says; never what a message says. */
export interface SlackUser {
  id: string;
  name?: string | undefined;
}

export const personOf = (door: Door, user: SlackUser): Person | undefined =>
  personBySlack(door.organisation(), user.id);

export function actorOf(door: Door, user: SlackUser): Actor {
  const person = personOf(door, user);
  if (person !== undefined) return { kind: "person", person: person.id };
  return { kind: "stranger", name: user.name === undefined ? user.id : `${user.name} (${user.id})` };
}

/** How the organisation calls a Slack user; undefined when it does not know them. */
export const nameOf =
  (door: Door) =>
  (slackUserId: string): string | undefined =>
    personOf(door, { id: slackUserId })?.id;

/** Asks the loop. Never throws: what breaks behind the door is logged, and said to the one who asked. */
export async function ask(door: Door, user: SlackUser, command: Command): Promise<Answer> {
  try {
    return await door.perform(actorOf(door, user), command);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    door.log("error", `performing ${command.kind} for Slack user ${user.id}: ${text}`);
    return { kind: "refused", reason: `${command.kind} did not work: ${text}; it was logged` };
  }
}

/** Understands what somebody typed and asks the loop. */
export async function hear(door: Door, user: SlackUser, text: string): Promise<Answer> {
  const parsed = parseCommand(typedText(text, nameOf(door)), { loops: door.loopNames() });
  if (parsed.kind === "unclear") return { kind: "refused", reason: parsed.message };
  return ask(door, user, parsed.command);
}

export const render = (door: Door, user: SlackUser, answer: Answer): Rendered =>
  renderAnswer(answer, door.organisation(), personOf(door, user));

/** Runs what shows an answer; when Slack does not take it, that is logged, because nobody is left to be told. */
export async function show(door: Door, what: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    door.log("warn", `${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
