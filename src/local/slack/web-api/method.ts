import { z } from "zod";
import type { JsonObject } from "../model.ts";
import type { Parts } from "../parts.ts";

/** Slack's answer: `{ok: true, …}` or `{ok: false, error}`; errors are answers, never exceptions. */
export type ApiAnswer = { ok: boolean; [key: string]: unknown };

export interface Method {
  token: "bot" | "app" | "any";
  /** The bot scope that the manifest must grant for this call. */
  scope?: ((args: JsonObject, parts: Parts) => string) | string;
  run: (args: JsonObject, parts: Parts) => ApiAnswer;
}

export const ok = (fields: JsonObject = {}): ApiAnswer => ({ ok: true, ...fields });

export function refuse(error: string, messages?: string[]): ApiAnswer {
  if (messages === undefined) return { ok: false, error };
  return { ok: false, error, errors: messages, response_metadata: { messages } };
}

/** A method whose arguments are parsed first; wrong ones are `invalid_arguments` with the reasons. */
export function method<S extends z.ZodType>(
  setup: Omit<Method, "run"> & { args: S; run: (args: z.output<S>, parts: Parts) => ApiAnswer },
): Method {
  const { args: schema, run, ...rest } = setup;
  return {
    ...rest,
    run(args, parts) {
      const parsed = schema.safeParse(args);
      if (parsed.success) return run(parsed.data, parts);
      const reasons = parsed.error.issues.map(
        (issue) => `[ERROR] ${issue.message} [json-pointer:/${issue.path.join("/")}]`,
      );
      return refuse("invalid_arguments", reasons);
    },
  };
}

/** A boolean as a form carries it. */
export const formFlag = z.union([z.boolean(), z.stringbool()]).optional();

export const formNumber = z.coerce.number();

/** One page of a list; cursors are opaque to the caller. */
export function page<T>(
  items: T[],
  limit: number,
  cursor: string | undefined,
): { items: T[]; next: string } | null {
  const start = cursor
    ? Number(
        Buffer.from(cursor, "base64")
          .toString()
          .replace(/^next:/, ""),
      )
    : 0;
  if (!Number.isInteger(start) || start < 0) return null;
  const end = start + limit;
  return {
    items: items.slice(start, end),
    next: end < items.length ? Buffer.from(`next:${end}`).toString("base64") : "",
  };
}
