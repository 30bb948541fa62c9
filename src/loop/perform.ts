import type { Answer } from "../domain/answer.ts";
import type { Actor, Command } from "../domain/command.ts";
import { commandUsages } from "../domain/command-usages.ts";
import type { PersonId } from "../domain/ids.ts";
import { mayDo, type Permission } from "../domain/organisation.ts";
import type { Ports } from "../ports.ts";
import { answerHold, overrideHold, showDiff } from "./answer-hold.ts";
import { gatherDigest } from "./digest.ts";
import { freeze, unfreeze } from "./freeze.ts";
import { lookAround } from "./look.ts";
import { decideByWord, forgetEntry, showMemory } from "./memory-commands.ts";
import { recordRefusal, recordRefusedAnswer } from "./refusal.ts";
import { settle } from "./settle.ts";
import { settleConflict } from "./settle-conflict.ts";
import { stateOf } from "./show-state.ts";
import { pauseEverything, resumeEverything, switchLoop } from "./switch.ts";
import { traceWhat } from "./trace-commit.ts";
import { askForRelease, whoDoes } from "./who.ts";
import { explainRun } from "./why.ts";

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
      return explainRun(ports, command.what);
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
      return switchLoop(ports, person, command.loop, {
        to: command.kind === "start" ? "running" : "stopped",
      });
    case "pause":
      return command.loop === "everything"
        ? pauseEverything(ports, person, command.why)
        : switchLoop(ports, person, command.loop, { to: "paused", why: command.why });
    case "resume":
      return command.loop === "everything"
        ? resumeEverything(ports, person)
        : switchLoop(ports, person, command.loop, { to: "running" });
    case "freeze":
      return freeze(ports, person, command);
    case "unfreeze":
      return unfreeze(ports, person, command.zone);
    case "approve":
    case "reject": {
      const { holdId, digest } = command;
      const answer = command.kind === "approve" ? ("approved" as const) : ("rejected" as const);
      const note = command.kind === "reject" ? command.note : "";
      return answerHold(ports, { person, holdId, digest, answer, note });
    }
    case "override":
      return overrideHold(ports, person, command);
    case "retry":
    case "ignore":
    case "take":
      return settle(ports, person, command.kind, command.findingId);
    case "settle":
      return settleConflict(ports, {
        person,
        conflictId: command.conflictId,
        how: command.how,
        note: command.note,
      });
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
    case "freeze":
    case "unfreeze":
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
    case "settle":
    case "override":
      // A hold names its own groups, a conflict its loops and its repository, and org.yml those who may override.
      return null;
  }
}

async function refuse(ports: Ports, actor: Actor, command: Act, reason: string): Promise<Answer> {
  const by = actor.kind === "person" ? actor.person : actor.name;
  if (command.kind === "approve" || command.kind === "reject")
    await recordRefusedAnswer(ports, { by, data: { hold: command.holdId, answer: command.kind, reason } });
  else await recordRefusal(ports, by, command.kind, reason);
  return { kind: "refused", reason: `Not done: ${reason}.` };
}
