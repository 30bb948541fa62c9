/** Shapes of credentials that must never be remembered: Slack, GitHub, AWS, OpenAI and Anthropic keys, private keys, JWTs. */
const secret =
  /xox[abpes]-[\w-]{8,}|xapp-[\w-]{8,}|gh[pousr]_\w{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16}|\bsk-[\w-]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/;

/** Text that speaks to an agent instead of about the code. Prompts fence memory as data; this keeps the obvious out of it. */
const instruction =
  /\b(ignore|disregard|forget|override|bypass)\b.{0,40}\b(rules?|instructions?|polic(y|ies)|prompts?|checks?|approvals?|guardrails?)\b|\b(you are now|new system prompt|as an ai)\b/i;

export type Cleaned = { kind: "clean"; text: string } | { kind: "refused"; reason: string };

/** One paragraph of plain text for memory: no control, direction or invisible characters, no live mentions or markup; or why not. */
export function cleanText(raw: string, charsMax: number): Cleaned {
  const text = raw
    .slice(0, 100_000)
    .replace(/<(!|@|#)[^>]*>/g, "")
    .replace(/[\p{Cf}\p{Co}\p{Cn}]/gu, "")
    .replace(/[\p{Cc}\s]+/gu, " ")
    .replace(/[`<>]/g, "")
    .trim();
  if (text === "") return { kind: "refused", reason: "it says nothing" };
  if (secret.test(text))
    return { kind: "refused", reason: "it looks like it holds a secret; take the secret out" };
  if (instruction.test(text))
    return { kind: "refused", reason: "it speaks to an agent; say what is so, not what to ignore" };
  if (text.length > charsMax)
    return { kind: "refused", reason: `it has ${text.length} characters; ${charsMax} are enough` };
  return { kind: "clean", text };
}
