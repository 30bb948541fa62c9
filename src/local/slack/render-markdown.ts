import { expandEmoji } from "slack-to-html";
import { attributes, escapeHtml, safeUrl } from "./html.ts";

/** The part of Markdown that a `markdown` block draws: headings, lists, quotes, code, emphasis, links. */
export function renderMarkdown(markdown: string): string {
  const html: string[] = [];
  const lines = markdown.replaceAll("\r\n", "\n").split("\n");
  let index = 0;
  while (index < lines.length) {
    const { html: part, next } = renderPart(lines, index);
    html.push(part);
    index = next;
  }
  return html.join("");
}

function renderPart(lines: string[], start: number): { html: string; next: number } {
  const line = lines[start] ?? "";
  if (line.startsWith("```")) {
    const closing = lines.findIndex((one, index) => index > start && one.startsWith("```"));
    const end = closing === -1 ? lines.length : closing;
    return {
      html: `<pre class="code-block">${escapeHtml(lines.slice(start + 1, end).join("\n"))}</pre>`,
      next: end + 1,
    };
  }
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading !== null) return { html: `<h4>${inline(heading[2] ?? "")}</h4>`, next: start + 1 };
  if (/^\s*(---+|\*\*\*+)\s*$/.test(line)) return { html: "<hr>", next: start + 1 };
  if (line.trim() === "") return { html: "", next: start + 1 };
  for (const [pattern, open, item, close] of groups) {
    const end = endOf(lines, start, pattern);
    if (end === start) continue;
    const items = lines.slice(start, end).map((one) => inline(one.replace(pattern, "")));
    return {
      html: open + items.map((one) => (item ? `<li>${one}</li>` : one)).join(item ? "" : "<br>") + close,
      next: end,
    };
  }
  const end = endOf(lines, start, /^(?!\s*$|```|#{1,6}\s|\s*[-*+]\s|\s*\d+[.)]\s|>)/);
  const last = Math.max(end, start + 1);
  return { html: `<p>${lines.slice(start, last).map(inline).join("<br>")}</p>`, next: last };
}

const groups: [RegExp, string, boolean, string][] = [
  [/^>\s?/, "<blockquote>", false, "</blockquote>"],
  [/^\s*[-*+]\s+/, "<ul>", true, "</ul>"],
  [/^\s*\d+[.)]\s+/, "<ol>", true, "</ol>"],
];

function endOf(lines: string[], start: number, pattern: RegExp): number {
  const after = lines.findIndex((line, index) => index >= start && !pattern.test(line));
  return after === -1 ? lines.length : after;
}

function inline(text: string): string {
  const kept: string[] = [];
  const keep = (html: string) => `\uE000${kept.push(html) - 1}\uE001`;
  const parked = text
    .replace(/[\uE000\uE001]/g, "")
    .replace(/`([^`]+)`/g, (_, code: string) => keep(`<code>${escapeHtml(code)}</code>`))
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (whole, label: string, url: string) => {
      const href = safeUrl(url);
      return href === null ? whole : keep(link(href, label));
    })
    .replace(/https?:\/\/[^\s<>)]+/g, (url) => keep(link(url, url)));
  const html = escapeHtml(parked)
    .replace(
      /\*\*(.+?)\*\*|__(.+?)__/g,
      (_, stars?: string, lines?: string) => `<b>${stars ?? lines ?? ""}</b>`,
    )
    .replace(
      /(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])|(?<!\w)_([^_\s][^_]*)_(?!\w)/g,
      (_, stars?: string, lines?: string) => `<i>${stars ?? lines ?? ""}</i>`,
    )
    .replace(/~~(.+?)~~/g, "<s>$1</s>");
  return expandEmoji(html, { customEmoji: {} }).replace(
    /\uE000(\d+)\uE001/g,
    (_, index: string) => kept[Number(index)] ?? "",
  );
}

const link = (href: string, label: string): string =>
  `<a${attributes({ href, target: "_blank", rel: "noopener noreferrer" })}>${escapeHtml(label)}</a>`;
