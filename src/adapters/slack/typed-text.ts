/**
 * What a person typed, from the text that Slack sends: mentions, channels and addresses come as `<…>`, and three characters as
 * entities. The result is plain text that nothing escapes any more. `nameOf` calls people as the organisation does, for Slack's own
 * handles need not be the same.
 */
export const typedText = (text: string, nameOf: (userId: string) => string | undefined): string =>
  text
    .replace(/<([^<>]*)>/g, (_, inner: string) => shown(inner, nameOf))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .trim();

function shown(inner: string, nameOf: (userId: string) => string | undefined): string {
  const [target = "", label] = inner.split("|", 2);
  if (target.startsWith("@")) return `@${nameOf(target.slice(1)) ?? (label || target.slice(1))}`;
  return target.startsWith("#") ? `#${label || target.slice(1)}` : (label ?? target);
}

/** The text after the bot's own mention, wherever it stands. */
export const withoutMention = (text: string, botUserId: string): string =>
  text.replace(new RegExp(`<@${botUserId}(\\|[^>]*)?>`), " ").trim();
