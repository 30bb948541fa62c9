import type { Answer } from "../domain/answer.ts";
import type { Actor, Command } from "../domain/command.ts";
import type { PersonId } from "../domain/ids.ts";
import { mayDo, type Permission } from "../domain/organisation.ts";
import { commandUsages } from "../domain/parse-command.ts";
import type { Ports } from "../ports.ts";
import { answerHold, showDiff } from "./answer-hold.ts";
import { gatherDigest } from "./digest.ts";
import { lookAround } from "./look.ts";
import { decideByWord, forgetEntry, showMemory } from "./memory-commands.ts";
import { recordRefusal } from "./refusal.ts";
import { settle } from "./settle.ts";
import { stateOf } from "./show-state.ts";
import { switchEverything, switchLoop } from "./switch.ts";
import { traceWhat } from "./trace-commit.ts";
import { askForRelease, whoDoes } from "./who.ts";

/**
 * Does what somebody asked for, by whatever door. Who may is looked up now, not when a button was drawn; a refusal is an answer,
 * and is kept in the trace. Asking the same twice is harmless.
 */
export async function perform(actor: Actor, command: Command, ports: Ports): Promise<Answer> {
  switch (command.kind) {
    case "help":
      return { kind: "help", lines: [...commandUsages] };
    case "status":
      return { kind: "status", overview: await lookAround(ports) };
    case "inbox":
      return { kind: "inbox", items: await ports.record.inbox() };
    case "digest":
      return { kind: "digest", digest: await gatherDigest(ports) };
    case "trace":
      return { kind: "trace", trace: await traceWhat(ports, command.what) };
    case "why":
      return why(ports, command.what);
    case "show-diff":
      return showDiff(ports, command.holdId);
    case "who":
      return { kind: "who", doing: await whoDoes(ports, command.about) };
    case "state":
      return stateOf(ports, command.loop);
    case "memory":
      return command.do === "forget" ? act(actor, command, ports) : showMemory(ports, command.what);
    default:
      return act(actor, command, ports);
  }
}

type Act = Exclude<
  Command,
  { kind: "help" | "status" | "inbox" | "digest" | "trace" | "why" | "show-diff" | "who" | "state" }
>;

async function act(actor: Actor, command: Act, ports: Ports): Promise<Answer> {
  if (actor.kind === "stranger")
    return refuse(ports, actor, command, "org.yml does not know you; ask its owners to add you to `people`");
  const { person } = actor;
  const permission = permissionFor(command);
  if (permission !== null && !mayDo(ports.definitions.organisation(), permission, person)) {
    const groups = ports.definitions.organisation().may[permission].join(", ") || "nobody";
    return refuse(ports, actor, command, `only ${groups} may do that (\`may.${permission}\` in org.yml)`);
  }
  return actAs(person, command, ports);
}

function actAs(person: PersonId, command: Act, ports: Ports): Promise<Answer> {
  switch (command.kind) {
    case "start":
    case "stop":
      return switchLoop(ports, person, command.loop, command.kind === "start" ? "running" : "stopped");
    case "pause":
      return command.loop === "everything"
        ? switchEverything(ports, person, true)
        : switchLoop(ports, person, command.loop, "paused");
    case "resume":
      return command.loop === "everything"
        ? switchEverything(ports, person, false)
        : switchLoop(ports, person, command.loop, "running");
    case "approve":
    case "reject": {
      const answer = command.kind === "approve" ? ("approved" as const) : ("rejected" as const);
      const note = command.kind === "reject" ? command.note : "";
      return answerHold(ports, { person, holdId: command.holdId, answer, note });
    }
    case "retry":
    case "ignore":
    case "take":
      return settle(ports, person, command.kind, command.findingId);
    case "decide":
      return decideByWord(ports, person, command);
    case "memory":
      return forgetEntry(ports, person, command.what);
    case "release":
      return askForRelease(ports, person, command.what);
  }
}

function permissionFor(command: Act): Permission | null {
  switch (command.kind) {
    case "start":
    case "stop":
      return "start";
    case "pause":
    case "resume":
      return "pause";
    case "retry":
    case "ignore":
    case "take":
      return "settle";
    case "decide":
    case "memory":
    case "release":
      return "settle";
    case "approve":
    case "reject":
      // The hold itself names the group.
      return null;
  }
}

async function refuse(ports: Ports, actor: Actor, command: Act, reason: string): Promise<Answer> {
  await recordRefusal(ports, actor.kind === "person" ? actor.person : actor.name, command.kind, reason);
  return { kind: "refused", reason: `Not done: ${reason}.` };
}

async function why(ports: Ports, what: string): Promise<Answer> {
  const finding = what.startsWith("f-") ? await ports.record.finding(what) : null;
  const story = await ports.record.story(finding?.runId ?? what);
  if (story !== null) return { kind: "why", story };
  return {
    kind: "refused",
    reason: `There is no run or finding "${what.slice(0, 40)}". \`status\` and \`inbox\` show their ids.`,
  };
}
