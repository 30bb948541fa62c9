import type { JsonObject } from "./model.ts";

/** Checks one value at a JSON pointer and reports every problem in Slack's own words. */
export type Rule = (value: unknown, pointer: string, report: (problem: string) => void) => void;

const say = (text: string, pointer: string): string => `[ERROR] ${text} [json-pointer:${pointer || "/"}]`;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const any: Rule = () => undefined;

export const flag: Rule = (value, pointer, report) => {
  if (typeof value !== "boolean") report(say("must be a boolean", pointer));
};

export const number: Rule = (value, pointer, report) => {
  if (typeof value !== "number") report(say("must be a number", pointer));
};

/** A string of 1 to `max` characters (or from `min`). */
export function string(max: number, min = 1): Rule {
  return (value, pointer, report) => {
    if (typeof value !== "string") return report(say("must be a string", pointer));
    if (value.length < min) report(say(`must be more than ${min - 1} characters`, pointer));
    if (value.length > max) report(say(`must be less than ${max + 1} characters`, pointer));
  };
}

export function oneOf(...allowed: string[]): Rule {
  return (value, pointer, report) => {
    if (typeof value !== "string" || !allowed.includes(value)) {
      report(say(`must be one of: ${allowed.join(", ")}`, pointer));
    }
  };
}

export function list(max: number, item: Rule, min = 1): Rule {
  return (value, pointer, report) => {
    if (!Array.isArray(value)) return report(say("must be an array", pointer));
    if (value.length < min) report(say(`must have at least ${min} items`, pointer));
    if (value.length > max) report(say(`no more than ${max} items allowed`, pointer));
    for (const [index, entry] of value.slice(0, max).entries()) item(entry, `${pointer}/${index}`, report);
  };
}

/** An object with exactly these fields, `type` aside. A name with `!` is required. */
export function shape(fields: Record<string, Rule>): Rule {
  const rules = new Map(Object.entries(fields).map(([name, rule]) => [name.replace("!", ""), rule]));
  const required = Object.keys(fields)
    .filter((name) => name.endsWith("!"))
    .map((name) => name.slice(0, -1));
  return (value, pointer, report) => {
    if (!isObject(value)) return report(say("must be an object", pointer));
    for (const name of required) {
      if (value[name] === undefined || value[name] === null)
        report(say(`missing required field: ${name}`, pointer));
    }
    const given = Object.entries(value).filter(
      ([name, entry]) => name !== "type" && entry !== undefined && entry !== null,
    );
    for (const [name, entry] of given) {
      const rule = rules.get(name);
      if (rule === undefined) report(say(`invalid additional property: ${name}`, pointer));
      else rule(entry, `${pointer}/${name}`, report);
    }
  };
}

/** An object whose `type` picks the rule. */
export function byType(rules: Record<string, Rule>): Rule {
  return (value, pointer, report) => {
    if (!isObject(value)) return report(say("must be an object", pointer));
    const type = value["type"];
    if (typeof type !== "string") return report(say("missing required field: type", pointer));
    const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
    if (rule === undefined) return report(say(`unsupported type: ${type}`, `${pointer}/type`));
    rule(value, pointer, report);
  };
}

/** At least one of the named fields is there. */
export function needsOneOf(names: string[], rule: Rule): Rule {
  return (value, pointer, report) => {
    if (isObject(value) && names.every((name) => value[name] === undefined || value[name] === null)) {
      report(say(`missing required field: one of ${names.join(", ")}`, pointer));
    }
    rule(value, pointer, report);
  };
}

export const plainText = (max: number): Rule =>
  byType({ plain_text: shape({ "text!": string(max), emoji: flag }) });

export const anyText = (max: number): Rule =>
  byType({
    plain_text: shape({ "text!": string(max), emoji: flag }),
    mrkdwn: shape({ "text!": string(max), verbatim: flag }),
  });
