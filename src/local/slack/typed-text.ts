import type { Workspace } from "./workspace.ts";

const escapeControls = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

interface Mentions {
  user: (id: string, name: string) => string;
  channel: (id: string, name: string) => string;
}

// An address, an id mention that a script wrote out, or a name after @ or #.
const parts =
  /(https?:\/\/[^\s<>]+)|<@([A-Z0-9]+)(?:\|[^>]*)?>|<#([A-Z0-9]+)(?:\|[^>]*)?>|(?<![\w@])@([\w.-]*\w)|(?<![\w#&])#([\w-]+)/g;

/**
 * What Slack makes of a message as a person types it: control characters escaped, names of people and
 * channels turned into mentions, addresses into links.
 */
export function messageText(typed: string, workspace: Workspace): string {
  return convert(typed, workspace, { user: (id) => `<@${id}>`, channel: (id, name) => `<#${id}|${name}>` });
}

/** The text of a slash command when the manifest sets should_escape; else it is passed on as typed. */
export function commandText(typed: string, workspace: Workspace, shouldEscape: boolean): string {
  if (!shouldEscape) return typed;
  return convert(typed, workspace, {
    user: (id, name) => `<@${id}|${name}>`,
    channel: (id, name) => `<#${id}|${name}>`,
  });
}

function convert(typed: string, workspace: Workspace, write: Mentions): string {
  let from = 0;
  let text = "";
  for (const match of typed.matchAll(parts)) {
    text +=
      escapeControls(typed.slice(from, match.index)) +
      (control(match, workspace, write) ?? escapeControls(match[0]));
    from = match.index + match[0].length;
  }
  return text + escapeControls(typed.slice(from));
}

function control(match: RegExpExecArray, workspace: Workspace, write: Mentions): string | null {
  const [, url, userId, channelId, userName, channelName] = match;
  if (url !== undefined) return `<${url.replaceAll("&", "&amp;")}>`;
  if (userName === "channel" || userName === "here" || userName === "everyone") return `<!${userName}>`;
  const users = [...workspace.users.values()];
  const user = users.find((one) => one.id === userId || one.name === userName);
  if (user !== undefined) return write.user(user.id, user.name);
  const group = workspace.userGroups.find((one) => one.handle === userName);
  if (group !== undefined) return `<!subteam^${group.id}|@${group.handle}>`;
  const channels = [...workspace.channels.values()].filter((one) => one.directWith === undefined);
  const channel = channels.find((one) => one.id === channelId || one.name === channelName);
  return channel === undefined ? null : write.channel(channel.id, channel.name);
}
