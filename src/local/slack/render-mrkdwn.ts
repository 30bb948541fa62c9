import { escapeForSlackWithMarkdown, expandEmoji } from "slack-to-html";
import { escapeHtml } from "./html.ts";
import type { Directory } from "./model.ts";

const classNames = {
  userMention: "mention",
  bold: "b",
  italics: "i",
  strikethrough: "s",
  code: "code",
  block: "quote",
  date: "date",
};

// Private-use characters stand in for parts that slack-to-html must not touch. They are stripped
// from the input first, so no text can forge one.
const stash = { open: "\uE000", close: "\uE001", star: "\uE002", tilde: "\uE003" };
const stashCharacters = /[\uE000-\uE003]/g;

/**
 * Slack's mrkdwn as HTML that cannot run anything. Escaped text stays escaped: `&lt;!channel&gt;` is
 * shown as written and never becomes a mention.
 */
export function renderMrkdwn(text: string, directory: Directory): string {
  const kept: string[] = [];
  const keep = (html: string) => `${stash.open}${kept.push(html) - 1}${stash.close}`;
  const withoutCode = text
    .replace(stashCharacters, "")
    .replace(/```\n?([\s\S]+?)\n?```/g, (_, code: string) =>
      keep(`<pre class="code-block">${codeText(code)}</pre>`),
    )
    .replace(/`([^`\n]+)`/g, (_, code: string) => keep(`<code>${codeText(code)}</code>`))
    .replace(/<!(channel|here|everyone)(?:\|[^>]*)?>/g, (_, all: string) => keep(mention(`@${all}`)))
    .replace(/<#(C\w+)(?:\|([^>]+))?>/g, (whole: string, id: string, label?: string) => {
      const name = directory.channels[id] ?? label;
      return name === undefined ? whole : keep(mention(`#${name}`));
    })
    .replace(/<!subteam\^(S\w+)(?:\|([^>]+))?>/g, (whole: string, id: string, label?: string) => {
      const name = directory.userGroups[id] ?? label;
      return name === undefined ? whole : keep(mention(name));
    });
  const html = lineGroups(withoutCode)
    .map(({ quoted, lines }) => {
      const inner = lines.map((line) => renderLine(line, directory)).join("<br>");
      return quoted ? `<blockquote>${inner}</blockquote>` : inner;
    })
    .join("<br>")
    .replace(/<br>(?=<blockquote>)|(?<=<\/blockquote>)<br>/g, "");
  return html
    .replace(/\uE000(\d+)\uE001/g, (_, index: string) => kept[Number(index)] ?? "")
    .replace(/<br>(?=<pre )|(?<=<\/pre>)<br>/g, "");
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

function renderLine(line: string, directory: Directory): string {
  // Slack formats nothing inside a word, while slack-to-html makes 5*3*2 bold.
  const guarded = line
    .replace(/(?<=[\p{L}\p{N}])\*(?=[\p{L}\p{N}])/gu, stash.star)
    .replace(/(?<=[\p{L}\p{N}])~(?=[\p{L}\p{N}])/gu, stash.tilde);
  const html = escapeForSlackWithMarkdown(guarded, {
    users: directory.users,
    channels: directory.channels,
    usergroups: directory.userGroups,
    classNames,
  });
  return html.replaceAll(stash.star, "*").replaceAll(stash.tilde, "~");
}

/** `plain_text`: never parsed as mrkdwn; emoji shortcodes are drawn when the text object asks for them. */
export function renderPlain(text: string, emoji = true): string {
  const escaped = escapeHtml(text).replaceAll("\n", "<br>");
  return emoji ? expandEmoji(escaped, { customEmoji: {} }) : escaped;
}
