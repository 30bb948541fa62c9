import { escapeForSlack, expandEmoji } from "slack-to-html";
import { escapeHtml } from "./html.ts";
import type { Directory } from "./model.ts";

// Private-use characters stand in for what is already HTML. They are stripped from the input first,
// so no text can forge one.
const stash = { open: "\uE000", close: "\uE001" };
const stashCharacters = /[\uE000-\uE007]/g;

// Slack formats `*so*`, but neither `5*3*2` nor `* so *`.
const emphases = [
  {
    pattern: /(?<![\p{L}\p{N}*])\*(?![\s*])([^*\n]*?[^\s*])\*(?![\p{L}\p{N}*])/gu,
    open: "\uE002",
    close: "\uE003",
    tag: "b",
  },
  {
    pattern: /(?<![\p{L}\p{N}~])~(?![\s~])([^~\n]*?[^\s~])~(?![\p{L}\p{N}~])/gu,
    open: "\uE004",
    close: "\uE005",
    tag: "s",
  },
  {
    pattern: /(?<![\p{L}\p{N}_])_(?![\s_])([^_\n]*?[^\s_])_(?![\p{L}\p{N}_])/gu,
    open: "\uE006",
    close: "\uE007",
    tag: "i",
  },
];

/**
 * Slack's mrkdwn as HTML that cannot run anything. Escaped text stays escaped: `&lt;!channel&gt;` is
 * shown as written and never becomes a mention.
 */
export function renderMrkdwn(text: string, directory: Directory): string {
  const kept: string[] = [];
  const keep = (html: string) => `${stash.open}${kept.push(html) - 1}${stash.close}`;
  const parked = text
    .replace(stashCharacters, "")
    .replace(/```\n?([\s\S]+?)\n?```/g, (_, code: string) =>
      keep(`<pre class="code-block">${codeText(code)}</pre>`),
    )
    .replace(/`([^`\n]+)`/g, (_, code: string) => keep(`<code>${codeText(code)}</code>`))
    .replace(/<[^<>\n]+>/g, (control) => keep(renderControl(control, directory)));
  const html = lineGroups(parked)
    .map(({ quoted, lines }) => {
      const inner = lines.map(renderLine).join("<br>");
      return quoted ? `<blockquote>${inner}</blockquote>` : inner;
    })
    .join("<br>")
    .replace(/<br>(?=<blockquote>)|(?<=<\/blockquote>)<br>/g, "");
  return restore(html, kept).replace(/<br>(?=<pre )|(?<=<\/pre>)<br>/g, "");
}

function restore(html: string, kept: string[]): string {
  // A link's label may itself hold parked code, hence the second pass.
  const once = (text: string) =>
    text.replace(/\uE000(\d+)\uE001/g, (_, index: string) => kept[Number(index)] ?? "");
  return once(once(html));
}

/** A `<…>` sequence: a mention, a link, a date or a command. What Slack does not know stays text. */
function renderControl(control: string, directory: Directory): string {
  const [, broadcast] = /^<!(channel|here|everyone)(?:\|[^>]*)?>$/.exec(control) ?? [];
  if (broadcast !== undefined) return mention(`@${broadcast}`);
  const [, kind, id = "", label] = /^<(#|!subteam\^)([A-Z0-9]+)(?:\|([^>]+))?>$/.exec(control) ?? [];
  const name = kind === "#" ? directory.channels[id] : directory.userGroups[id];
  if (kind !== undefined) return mention(`${kind === "#" ? "#" : ""}${name ?? label ?? id}`);
  // Code inside a link's address would put tags into an attribute.
  const address = control.split("|")[0] ?? "";
  if (address.includes(stash.open)) return escapeHtml(control.replace(stashCharacters, ""));
  const names = { users: directory.users, channels: directory.channels, usergroups: directory.userGroups };
  // The page is read on the machine that runs the server, so its time zone is the reader's.
  const dateTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return escapeForSlack(control, {
    ...names,
    dateTimeZone,
    classNames: { userMention: "mention", date: "date" },
  });
}

const mention = (name: string): string => `<span class="mention">${escapeHtml(name)}</span>`;

/** Inside code nothing is formatted, but Slack's own entities are still one character each. */
function codeText(code: string): string {
  return escapeHtml(code).replace(/&amp;(amp|lt|gt);/g, "&$1;");
}

function lineGroups(text: string): { quoted: boolean; lines: string[] }[] {
  const groups: { quoted: boolean; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const quote = /^(?:>|&gt;)\s?(.*)$/.exec(line);
    const quoted = quote !== null;
    const last = groups.at(-1);
    const content = quote?.[1] ?? line;
    if (last?.quoted === quoted) last.lines.push(content);
    else groups.push({ quoted, lines: [content] });
  }
  return groups;
}

function renderLine(line: string): string {
  const marked = emphases.reduce(
    (text, { pattern, open, close }) => text.replace(pattern, `${open}$1${close}`),
    line,
  );
  // No control sequence is left here, so slack-to-html only escapes and draws emoji.
  const html = escapeForSlack(marked);
  return emphases.reduce(
    (text, { open, close, tag }) => text.replaceAll(open, `<${tag}>`).replaceAll(close, `</${tag}>`),
    html,
  );
}

/** `plain_text`: never parsed as mrkdwn; emoji shortcodes are drawn when the text object asks for them. */
export function renderPlain(text: string, emoji = true): string {
  const escaped = escapeHtml(text).replaceAll("\n", "<br>");
  return emoji ? expandEmoji(escaped, { customEmoji: {} }) : escaped;
}
