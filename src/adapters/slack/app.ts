import type { AnyMiddlewareArgs, App, BlockAction, ButtonAction } from "@slack/bolt";
import type { Answer, Overview } from "../../domain/answer.ts";
import type { Actor, Command } from "../../domain/command.ts";
import type { Organisation } from "../../domain/organisation.ts";
import type { Log } from "../../ports.ts";
import { actionIds, callbackIds } from "./blocks/action-ids.ts";
import { boltLogger, createApp, createClient, type Identity, identify } from "./connection.ts";
import type { Door } from "./door.ts";
import { createHomeTabs, type HomeTabs } from "./home-tabs.ts";
import { commandOfButton, onCommandButton, onHomeRefresh } from "./listeners/buttons.ts";
import { onDiffButton } from "./listeners/diff.ts";
import { onDirectMessage, onMention } from "./listeners/messages.ts";
import { onRejectButton, onRejectNote } from "./listeners/reject.ts";
import { onDecision, onRememberShortcut } from "./listeners/remember.ts";
import { onSlashCommand } from "./listeners/slash-command.ts";
import { createRecentIds } from "./recent-ids.ts";
import { createChannelIds } from "./sender/channel-ids.ts";
import { callMs, type SenderOptions, startSender } from "./sender/sender.ts";
import { readTokens, type Tokens } from "./tokens.ts";

export interface SlackOptions extends Tokens {
  /** Only without an app token: where Slack's signed requests arrive. */
  httpPort?: number;
  httpHost?: string;
  /** Another Slack than the real one; ends with a slash. */
  apiUrl?: string;
  record: SenderOptions["record"];
  organisation: () => Organisation;
  loopNames: () => string[];
  perform: (actor: Actor, command: Command) => Promise<Answer>;
  overview: () => Promise<Overview>;
  now: () => Date;
  log: Log;
  /** Also how long the socket stays away when Slack asks for a new one. */
  socketPingTimeoutMs?: number;
  postGapMs?: number;
  updateGapMs?: number;
}

export interface Slack {
  /** Takes nothing more in, lets what is being sent arrive, and says goodbye, for at most `graceMs` each. */
  close(graceMs: number): Promise<void>;
  teamUrl?: string;
}

const eventsRememberedMax = 2_000;
const command = "/loom";

/**
 * Connects the bot: commands, mentions and buttons go to `perform`, and the record's messages leave for their channels.
 * Rejects within about a minute, with the remedy, when Slack cannot be reached or refuses the tokens.
 */
export async function startSlack(options: SlackOptions): Promise<Slack> {
  const { botToken, apiUrl, log } = options;
  const connection = readTokens(options);
  const logger = boltLogger(log);
  const client = createClient(botToken, { apiUrl, logger, retries: "few", timeoutMs: callMs });
  const identity = await identify(client, log);

  const connected = createApp({ ...options, connection, identity, logger });
  const door: Door = { ...options, client, bot: { userId: identity.botUserId, teamUrl: identity.teamUrl } };
  const homes = createHomeTabs(door);
  refuseOthers(connected.app, identity, connection.kind === "socket" ? connection.appId : undefined, log);
  listen(connected.app, door, homes);
  await connected.start();

  const sending = createClient(botToken, { apiUrl, logger, retries: "none", timeoutMs: callMs });
  const sender = startSender({
    ...options,
    client: sending,
    botId: identity.botId,
    channels: createChannelIds(sending),
    postGapMs: options.postGapMs ?? 1_000,
    updateGapMs: options.updateGapMs ?? 1_000,
  });
  const unsubscribe = options.record.onWritten(() => homes.changed());
  log("info", `connected to the Slack workspace ${identity.teamName}`);

  return {
    async close(graceMs) {
      unsubscribe();
      homes.close();
      await Promise.all([connected.stop(graceMs), sender.close(graceMs)]);
    },
    ...(identity.teamUrl === undefined ? {} : { teamUrl: identity.teamUrl }),
  };
}

function listen(app: App, door: Door, homes: HomeTabs): void {
  const seen = createRecentIds(eventsRememberedMax);
  app.command(command, onSlashCommand(door));
  app.event("app_mention", onMention(door, seen));
  app.event("message", onDirectMessage(door, seen));
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") await homes.show({ id: event.user });
  });
  for (const actionId of Object.keys(commandOfButton)) {
    app.action<BlockAction<ButtonAction>>(actionId, onCommandButton(door, homes));
  }
  app.action<BlockAction<ButtonAction>>(actionIds.holdReject, onRejectButton(door));
  app.action<BlockAction<ButtonAction>>(actionIds.holdDiff, onDiffButton(door));
  app.action<BlockAction<ButtonAction>>(actionIds.homeRefresh, onHomeRefresh(homes));
  app.view({ callback_id: callbackIds.rejectNote, type: "view_submission" }, onRejectNote(door));
  const remember = { callback_id: callbackIds.remember, type: "message_action" } as const;
  app.shortcut(remember, onRememberShortcut(door));
  app.view({ callback_id: callbackIds.decision, type: "view_submission" }, onDecision(door));
  app.error(async (error) => {
    door.log("error", `handling what came from Slack: ${error.message}`);
  });
}

/** Payloads are signed by Slack, but not all of them need be for this app in this workspace. */
function refuseOthers(app: App, identity: Identity, appId: string | undefined, log: Log): void {
  app.use(async ({ body, next }) => {
    const from = originOf(body);
    const isOther =
      (from.teamId !== undefined && from.teamId !== identity.teamId) ||
      (from.appId !== undefined && appId !== undefined && from.appId !== appId);
    if (!isOther) return next();
    log("warn", `ignored what came from Slack for app ${from.appId} in workspace ${from.teamId}`);
  });
}

function originOf(body: AnyMiddlewareArgs["body"]): { teamId?: string; appId?: string } {
  const fields: Record<string, unknown> = { ...body };
  const team = fields["team_id"] ?? idOf(fields["team"]);
  const app = fields["api_app_id"];
  return {
    ...(typeof team === "string" ? { teamId: team } : {}),
    ...(typeof app === "string" ? { appId: app } : {}),
  };
}

const idOf = (value: unknown): unknown =>
  typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
