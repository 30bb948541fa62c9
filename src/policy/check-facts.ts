import { touchedMax } from "../domain/policy-facts.ts";

type Kind = "text" | "count" | "truth" | "texts" | "counts" | "moment" | "textOrNull" | "momentOrNull";
type Shape = Kind | { [key: string]: Shape } | [Shape];

const text = "text";
const count = "count";
const texts = "texts";

const common: Shape = {
  action: text,
  loop: {
    name: text,
    owner: text,
    kind: text,
    trust: count,
    attempts: count,
    attemptsMax: count,
    filesMax: count,
    linesMax: count,
  },
  repository: text,
  approvers: text,
  runId: "textOrNull",
  at: "moment",
  spend: { spentCents: count, budgetCents: count },
  taints: texts,
  freezes: [{ kind: text, zone: "textOrNull", until: "momentOrNull", by: text, why: text }],
  approvals: [{ person: text, groups: texts }],
};

const change: Shape = {
  digest: text,
  base: text,
  head: text,
  tree: text,
  isComplete: "truth",
  files: count,
  lines: count,
  touched: "counts",
  binaryFiles: texts,
  generatedFiles: texts,
  modeChanges: texts,
  symlinks: texts,
  submodules: texts,
  testsAdded: count,
  testsRemoved: texts,
  weakenedTests: texts,
  newDependencies: texts,
  newImports: [{ from: text, to: text }],
  dynamicImports: texts,
  unparsed: texts,
  secrets: texts,
  owners: texts,
  knownOwners: [{ group: text, person: "textOrNull" }],
  unowned: count,
  conflicts: [{ id: text, kind: text, severity: text, with: text, owner: "textOrNull", text, paths: texts }],
  cites: texts,
  claimedByOthers: texts,
  recentLandings: "counts",
};

const shapes: { [action: string]: Shape } = {
  propose: { ...common, change },
  land: { ...common, change },
  deploy: { ...common, environment: text, commit: text, touched: "counts" },
  call: { ...common, tool: text },
};

/** What is wrong with facts, whoever made them: a missing, extra or malformed one. Null when they can be judged. */
export function factsProblem(facts: unknown): string | null {
  if (typeof facts !== "object" || facts === null) return "there are no facts";
  const action = "action" in facts && typeof facts.action === "string" ? facts.action : "";
  const shape = Object.hasOwn(shapes, action) ? shapes[action] : undefined;
  if (shape === undefined) return `"${action}" is no action that is ruled on`;
  return mismatch(facts, shape, "");
}

function mismatch(value: unknown, shape: Shape, place: string): string | null {
  if (typeof shape === "string") return checks[shape](value) ? null : `${place} is missing or malformed`;
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return `${place} is missing or malformed`;
    const [item] = shape;
    return firstOf(value, (one, at) => mismatch(one, item, `${place}[${at}]`));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `${place === "" ? "the facts are" : `${place} is`} missing or malformed`;
  const extra = Object.keys(value).find((key) => !Object.hasOwn(shape, key));
  if (extra !== undefined) return `${under(place, extra)} is no known fact`;
  return firstOf(Object.entries(shape), ([key, inner]) =>
    mismatch((value as { [key: string]: unknown })[key], inner, under(place, key)),
  );
}

const under = (place: string, key: string): string => (place === "" ? key : `${place}.${key}`);

function firstOf<T>(items: T[], problem: (item: T, at: number) => string | null): string | null {
  for (const [at, item] of items.entries()) {
    const found = problem(item, at);
    if (found !== null) return found;
  }
  return null;
}

const isText = (value: unknown): value is string =>
  typeof value === "string" && !/\p{Surrogate}/u.test(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isMoment = (value: unknown): boolean =>
  isText(value) && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));

const checks: { [kind in Kind]: (value: unknown) => boolean } = {
  text: isText,
  count: isCount,
  truth: (value) => typeof value === "boolean",
  texts: (value) => Array.isArray(value) && value.every(isText),
  moment: isMoment,
  textOrNull: (value) => value === null || isText(value),
  momentOrNull: (value) => value === null || isMoment(value),
  counts: (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length <= touchedMax &&
    Object.entries(value).every(([key, one]) => isText(key) && isCount(one)),
};
