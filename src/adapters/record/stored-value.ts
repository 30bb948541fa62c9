/**
 * Text as Postgres can keep it: it refuses NUL, and a lone surrogate would not come back as it went in. Both become U+FFFD.
 * Every text and JSON column of the schema goes through here.
 */
export function storableText(text: string): string {
  return text.replaceAll("\0", "\uFFFD").replace(/\p{Surrogate}/gu, "\uFFFD");
}

/**
 * One JSON text for any plain value. A Date becomes `{"$date": "<ISO>"}`, so that it comes back as a Date; a key that begins
 * with `$` gets one more, so that foreign data cannot pose as one. Undefined fields are left out.
 */
export function encodeValue(value: unknown): string {
  return JSON.stringify(tagged(value)) ?? "null";
}

/** The value that `encodeValue` was given. */
export function decodeValue(text: string): unknown {
  return untagged(JSON.parse(text));
}

function tagged(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.startsWith("$") ? `$${storableText(key)}` : storableText(key),
      tagged(inner),
    ]),
  );
}

function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged);
  if (typeof value !== "object" || value === null) return value;
  if ("$date" in value && typeof value.$date === "string") return new Date(value.$date);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.startsWith("$") ? key.slice(1) : key, untagged(inner)]),
  );
}
