import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { Change } from "./model.ts";
import { applyChange, type Workspace } from "./workspace.ts";

export interface Journal {
  append(change: Change): void;
  close(): void;
}

const compactAfterBytes = 16_000_000;

const lineSchema = z.looseObject({
  type: z.enum(["message", "removed", "modals", "home", "read", "hook", "event", "event_done", "clock"]),
});

/**
 * Replays the file into the workspace and keeps appending to it. A last line cut short by a kill is
 * ignored; any other unreadable line is refused, because skipping it would lose messages in silence.
 */
export function openJournal(path: string, workspace: Workspace): Journal {
  mkdirSync(dirname(path), { recursive: true });
  if (existsSync(path)) replay(readFileSync(path, "utf8"), path, workspace);
  let { file, bytes } = rewrite(path, workspace);
  let sizeAfterRewrite = bytes;

  return {
    append(change) {
      const line = `${JSON.stringify(keptForm(change, workspace))}\n`;
      appendFileSync(file, line);
      bytes += Buffer.byteLength(line);
      if (bytes - sizeAfterRewrite < compactAfterBytes) return;
      closeSync(file);
      ({ file, bytes } = rewrite(path, workspace));
      sizeAfterRewrite = bytes;
    },
    close() {
      appendFileSync(file, `${JSON.stringify(clockOf(workspace))}\n`);
      fsyncSync(file);
      closeSync(file);
    },
  };
}

const clockOf = (workspace: Workspace): Change => ({ type: "clock", lastMicros: workspace.lastMicros });

/** An ephemeral message is not kept, but its ts must never be given out again. */
function keptForm(change: Change, workspace: Workspace): Change {
  return change.type === "message" && change.message.ephemeral_for !== undefined
    ? clockOf(workspace)
    : change;
}

function replay(content: string, path: string, workspace: Workspace): void {
  const lines = content.split("\n");
  // Every whole line ends with a newline, so what follows the last one was cut short.
  lines.pop();
  for (const [index, line] of lines.entries()) {
    const parsed = lineSchema.safeParse(parseLine(line));
    if (!parsed.success) {
      throw new Error(
        `opening the local Slack workspace: ${path} line ${index + 1} is not one of its records; remove that line, or the file to start empty`,
      );
    }
    applyChange(workspace, parsed.data as unknown as Change);
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Writes what is true now to a new file and puts it in place of the old one, then opens it for appending. */
function rewrite(path: string, workspace: Workspace): { file: number; bytes: number } {
  const next = `${path}.next`;
  const file = openSync(next, "w");
  const content = `${[...changesOf(workspace)].map((change) => JSON.stringify(change)).join("\n")}\n`;
  writeFileSync(file, content);
  fsyncSync(file);
  closeSync(file);
  renameSync(next, path);
  return { file: openSync(path, "a"), bytes: Buffer.byteLength(content) };
}

function* changesOf(workspace: Workspace): Generator<Change> {
  yield clockOf(workspace);
  for (const messages of workspace.messages.values()) {
    for (const message of messages.values())
      if (message.ephemeral_for === undefined) yield { type: "message", message };
  }
  for (const [user, stack] of workspace.modals) yield { type: "modals", user, stack };
  for (const [user, view] of workspace.homes) yield { type: "home", user, view };
  for (const [user, channels] of workspace.reads) {
    for (const [channel, ts] of channels) yield { type: "read", user, channel, ts };
  }
  const nowMs = workspace.clock().getTime();
  for (const hook of workspace.hooks.values()) if (hook.expiresAtMs > nowMs) yield { type: "hook", hook };
  for (const event of workspace.pendingEvents.values()) yield { type: "event", event };
}
