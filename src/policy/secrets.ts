import { rules as recommended } from "@secretlint/secretlint-rule-preset-recommend";

/** What a secretlint rule is, as far as it is used here. */
interface SecretRule {
  meta: { id: string };
  create(context: RuleContext, options: object): { file?: (source: object) => void | Promise<void> };
}

interface RuleContext {
  sharedOptions: object;
  createTranslator: () => (messageId: string) => { messageId: string };
  ignore: () => void;
  report: (found: { message: { messageId: string }; range: readonly [number, number] }) => void;
}

/**
 * Secretlint's rules without its core, which marks every file in the process's performance timeline for ever, and throws where
 * nobody catches when it scans two files at once. Without the rule by which a comment in the file switches the others off: whoever
 * makes the change could write it.
 */
const rules: SecretRule[] = recommended.filter(
  (rule: SecretRule) => rule.meta.id !== "@secretlint/secretlint-rule-filter-comments",
);

/** What looks like a secret in `after` and stands nowhere in `before`: `src/a.ts:12 github token`, never the secret itself. */
export async function newSecrets(path: string, before: string | null, after: string): Promise<string[]> {
  const found = new Map<string, number>();
  const context: RuleContext = {
    sharedOptions: {},
    createTranslator: () => (messageId) => ({ messageId }),
    ignore: () => undefined,
    report: ({ message, range: [start, end] }) => {
      if (before?.includes(after.slice(start, end)) === true) return;
      const line = after.slice(0, start).split("\n").length;
      found.set(`${path}:${line} ${inWords(message.messageId)}`, start);
    },
  };
  const source = { content: after, filePath: path, ext: "", contentType: "text", hasBOM: false };
  for (const rule of rules) await rule.create(context, {}).file?.(source);
  return [...found].sort(([, left], [, right]) => left - right).map(([words]) => words);
}

/** `GITHUB_TOKEN`, `BasicAuth` → `github token`, `basic auth`. */
const inWords = (id: string): string =>
  id
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
