import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

export interface SlashCommand {
  command: string;
  description: string;
  usageHint: string;
  shouldEscape: boolean;
}

/** An entry of the menu on every message. */
export interface MessageShortcut {
  name: string;
  callbackId: string;
  description: string;
}

/** What the app's manifest grants; nothing else works in the workspace. */
export interface Manifest {
  appName: string;
  description: string;
  botName: string;
  commands: SlashCommand[];
  shortcuts: MessageShortcut[];
  events: Set<string>;
  scopes: Set<string>;
  homeTab: boolean;
  messagesTab: boolean;
  interactivity: boolean;
  socketMode: boolean;
}

const manifestSchema = z.looseObject({
  display_information: z.looseObject({
    name: z.string().min(1).max(35),
    description: z.string().default(""),
  }),
  features: z.looseObject({
    app_home: z
      .looseObject({
        home_tab_enabled: z.boolean().default(false),
        messages_tab_enabled: z.boolean().default(true),
      })
      .optional(),
    bot_user: z.looseObject({ display_name: z.string().min(1).max(80) }),
    slash_commands: z
      .array(
        z.looseObject({
          command: z
            .string()
            .regex(/^\/\S+$/, "must be one word that begins with /")
            .max(32),
          description: z.string().min(1),
          usage_hint: z.string().default(""),
          should_escape: z.boolean().default(false),
        }),
      )
      .default([]),
    shortcuts: z
      .array(
        z.looseObject({
          name: z.string().min(1).max(24),
          type: z.enum(["message", "global"]),
          callback_id: z.string().min(1).max(255),
          description: z.string().min(1).max(150),
        }),
      )
      .default([]),
  }),
  oauth_config: z.looseObject({ scopes: z.looseObject({ bot: z.array(z.string()).default([]) }) }),
  settings: z
    .looseObject({
      event_subscriptions: z.looseObject({ bot_events: z.array(z.string()).default([]) }).optional(),
      interactivity: z.looseObject({ is_enabled: z.boolean() }).optional(),
      socket_mode_enabled: z.boolean().default(false),
    })
    .default({ socket_mode_enabled: false }),
});

/** Reads the Slack app manifest. Throws with the file, the place and what was expected there. */
export function readManifest(path: string): Manifest {
  return parseManifest(readFileSync(path, "utf8"), path);
}

export function parseManifest(yaml: string, path: string): Manifest {
  let raw: unknown;
  try {
    raw = parse(yaml);
  } catch (error) {
    throw new Error(`reading the Slack manifest ${path}: it is not YAML; correct it: ${String(error)}`);
  }
  const result = manifestSchema.safeParse(raw);
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `${issue.path.join(".") || "(top)"}: ${issue.message}`,
    );
    throw new Error(`reading the Slack manifest ${path}: correct ${problems.join("; ")}`);
  }
  const { display_information, features, oauth_config, settings } = result.data;
  const scopes = new Set(oauth_config.scopes.bot);
  const commands = features.slash_commands.map((entry) => ({
    command: entry.command,
    description: entry.description,
    usageHint: entry.usage_hint,
    shouldEscape: entry.should_escape,
  }));
  // The menu of global shortcuts has no place on the page, so only those on messages are offered.
  const shortcuts = features.shortcuts
    .filter((entry) => entry.type === "message")
    .map(({ name, callback_id: callbackId, description }) => ({ name, callbackId, description }));
  return {
    appName: display_information.name,
    description: display_information.description,
    botName: features.bot_user.display_name,
    commands: scopes.has("commands") ? commands : [],
    shortcuts: scopes.has("commands") ? shortcuts : [],
    events: new Set(settings.event_subscriptions?.bot_events ?? []),
    scopes,
    homeTab: features.app_home?.home_tab_enabled ?? false,
    messagesTab: features.app_home?.messages_tab_enabled ?? true,
    interactivity: settings.interactivity?.is_enabled ?? false,
    socketMode: settings.socket_mode_enabled,
  };
}

const eventScopes: Record<string, string> = {
  app_mention: "app_mentions:read",
  "message.channels": "channels:history",
  "message.im": "im:history",
};

/** Whether the manifest subscribes to this event and grants the scope that Slack ties to it. */
export function deliversEvent(manifest: Manifest, event: string): boolean {
  const scope = eventScopes[event];
  return manifest.events.has(event) && (scope === undefined || manifest.scopes.has(scope));
}
