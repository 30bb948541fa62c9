/**
 * What a person typed, from the text that Slack sends: mentions, channels and addresses come as `<…>`, and three characters as
 * entities. The result is plain text that nothing escapes any more.
 */
export const typedText = (text: string): string =>
  text
    .replace(/<([^<>]*)>/g, (_, inner: string) => shown(inner))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .trim();

function shown(inner: string): string {
  const [target = "", label] = inner.split("|", 2);
  if (target.startsWith("@") || target.startsWith("#")) return `${target[0]}${label || target.slice(1)}`;
  return label ?? target;
}

/** The text after the bot's own mention, wherever it stands. */
export const withoutMention = (text: string, botUserId: string): string =>
  text.replace(new RegExp(`<@${botUserId}(\\|[^>]*)?>`), " ").trim();
