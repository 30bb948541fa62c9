import { type SQL, sql } from "drizzle-orm";
import { customType, numeric, timestamp } from "drizzle-orm/pg-core";
import { decodeValue, encodeValue, storableText } from "./stored-value.ts";

/** Text that Postgres always accepts: what it cannot keep is neutralised on the way in, in writes and comparisons alike. */
export const plainText = customType<{ data: string; driverData: string }>({
  dataType: () => "text",
  toDriver: storableText,
});

/** Text of one of the given words. */
export const word = <T extends string>(name: string) =>
  customType<{ data: T; driverData: string }>({ dataType: () => "text" })(name);

/** A value of the domain with its Dates, as text: jsonb would change number and key order, and refuses some strings. */
export const value = <T>(name: string) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => "text",
    toDriver: encodeValue,
    fromDriver: (text) => decodeValue(text) as T,
  })(name);

/** Milliseconds, as JavaScript's Date has them: a value compares equal after a round trip. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date", precision: 3 });

/** US dollars, exact to a millionth, so that sums hold against a budget. */
export const dollars = (name: string) => numeric(name, { precision: 14, scale: 6, mode: "number" });

/** One parameter for any number of texts, as an array: both drivers take it. */
export const jsonList = (texts: string[]): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts.map(storableText))}::jsonb))`;

/** An index row has to fit a page, and a path may be as long as one: what is looked up by is cut. */
export const keyText = (text: string): string => storableText(text.slice(0, keyCharsMax));
const keyCharsMax = 500;
