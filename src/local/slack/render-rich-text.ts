import type { RichTextBlock, RichTextElement, RichTextSection } from "@slack/types";
import { expandEmoji } from "slack-to-html";
import { attributes, escapeHtml, safeUrl } from "./html.ts";
import type { Directory } from "./model.ts";

/** A rich_text block. Every text in it is literal, so nothing here is parsed as mrkdwn. */
export function renderRichText(block: RichTextBlock, directory: Directory): string {
  return (block.elements ?? []).map((element) => renderPart(element, directory)).join("");
}

function renderPart(part: RichTextBlock["elements"][number], directory: Directory): string {
  switch (part.type) {
    case "rich_text_section":
      return `<p>${inline(part.elements, directory)}</p>`;
    case "rich_text_quote":
      return `<blockquote>${inline(part.elements, directory)}</blockquote>`;
    case "rich_text_preformatted":
      return `<pre class="code-block">${inline(part.elements, directory)}</pre>`;
    case "rich_text_list": {
      const tag = part.style === "ordered" ? "ol" : "ul";
      const items = part.elements.map(
        (item) => `<li>${inline((item as RichTextSection).elements, directory)}</li>`,
      );
      return `<${tag} class="indent-${Math.min(Math.max(part.indent ?? 0, 0), 6)}">${items.join("")}</${tag}>`;
    }
    default:
      return "";
  }
}

function inline(elements: RichTextElement[] | undefined, directory: Directory): string {
  return (elements ?? []).map((element) => styled(leaf(element, directory), element)).join("");
}

function leaf(element: RichTextElement, directory: Directory): string {
  switch (element.type) {
    case "text":
      return escapeHtml(element.text ?? "").replaceAll("\n", "<br>");
    case "link": {
      const label = escapeHtml(element.text ?? element.url ?? "");
      const href = safeUrl(element.url);
      return href === null
        ? label
        : `<a${attributes({ href, target: "_blank", rel: "noopener noreferrer" })}>${label}</a>`;
    }
    case "emoji":
      return expandEmoji(`:${escapeHtml(element.name ?? "")}:`, { customEmoji: {} });
    case "user":
      return mention(`@${directory.users[element.user_id] ?? element.user_id}`);
    case "usergroup":
      return mention(directory.userGroups[element.usergroup_id] ?? element.usergroup_id);
    case "channel":
      return mention(`#${directory.channels[element.channel_id] ?? element.channel_id}`);
    case "broadcast":
      return mention(`@${element.range}`);
    case "date":
      return escapeHtml(element.fallback ?? new Date(element.timestamp * 1000).toISOString());
    case "color":
      return escapeHtml(element.value);
    default:
      return "";
  }
}

const mention = (name: string): string => `<span class="mention">${escapeHtml(name)}</span>`;

function styled(html: string, element: RichTextElement): string {
  const style = "style" in element ? element.style : undefined;
  if (style === undefined) return html;
  const withCode = "code" in style && style.code === true ? `<code>${html}</code>` : html;
  const withStrike = style.strike === true ? `<s>${withCode}</s>` : withCode;
  const withItalic = style.italic === true ? `<i>${withStrike}</i>` : withStrike;
  return style.bold === true ? `<b>${withItalic}</b>` : withItalic;
}
