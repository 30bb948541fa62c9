import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(join(root, path)).isFile());

const source = filesIn("src").filter((path) => path.endsWith(".ts"));
const tests = filesIn("test").filter((path) => path.endsWith(".ts") && path !== "test/tidy.test.ts");
const written = [...source, ...tests, ...filesIn("scripts"), ...filesIn("skills"), ...filesIn("policies")];

interface Ban {
  what: string;
  pattern: RegExp;
  instead: string;
  /** What it must catch. */
  example: string;
  files: string[];
}

const outside = (folders: RegExp): string[] => source.filter((path) => !folders.test(path));

const bans: Ban[] = [
  {
    what: "reading the clock below the adapters",
    pattern: /\bDate\.now\b|\bnew Date\(\)/,
    example: "const at = new Date();",
    instead: "ports.now",
    files: outside(/^src\/(?:entry|adapters|local)\//),
  },
  {
    what: "randomness below the adapters",
    pattern: /\bMath\.random\b|\brandom(?:UUID|Int|Bytes)\b/,
    example: "const id = randomUUID();",
    instead: "ports.newId",
    files: outside(/^src\/(?:entry|adapters|local)\//),
  },
  {
    what: "a shell",
    pattern: /import \{[^}]*\bexec(?:Sync)?\b[^}]*\} from "node:child_process"|\bshell: true\b/,
    example: 'import { exec, spawn } from "node:child_process";',
    instead: "execFile or spawn with an argv array",
    files: written,
  },
  {
    what: "a silent catch",
    pattern: /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\(\w*\) => \{\s*\}\)/,
    example: "try { act(); } catch (error) {\n}",
    instead: "let it throw, or return it as a value with its reason",
    // The self-test's probe is a program in a template, which tries what must fail.
    files: source.filter((path) => path !== "src/adapters/sandbox/self-test.ts"),
  },
  {
    what: "a leftover note",
    pattern: /\b(?:FIXME|XXX|HACK)\b|\/\/\s*TODO\b/,
    example: "// TODO: later",
    instead: "an issue, or the work itself",
    files: written,
  },
  {
    what: "a focused test",
    pattern: /\b(?:it|test|describe)\.only\(/,
    example: 'it.only("x", () => {});',
    instead: "vitest's -t on the command line",
    files: tests,
  },
  {
    what: "an enum or a namespace",
    pattern: /^(?:export )?(?:const )?(?:enum|namespace) /m,
    example: "export enum Fate { open }",
    instead: "a union of words",
    files: source,
  },
  {
    what: "a mock of a module",
    pattern: /\bvi\.mock\(/,
    example: 'vi.mock("./record.ts");',
    instead: "the real thing, or a fake that is passed in",
    files: tests,
  },
];

describe("the house style", () => {
  it.each(bans)("has no $what: write $instead", ({ pattern, example, files }) => {
    expect(example).toMatch(pattern);
    const found = files.flatMap((path) => {
      const text = read(path);
      const at = text.search(pattern);
      return at < 0 ? [] : [`${path}:${text.slice(0, at).split("\n").length}`];
    });
    expect(found).toEqual([]);
  });

  it("names a file for what is in it", () => {
    const vague =
      /^(?:utils?|helpers?|managers?|common|lib|misc|index)[.]|[-.](?:utils?|helpers?|manager)[.]ts$/;
    // Declares a vendor's file of that name.
    const known = ["src/adapters/queue/pg-utils.d.ts"];
    expect(written.filter((path) => vague.test(basename(path)) && !known.includes(path))).toEqual([]);
  });

  it("keeps a file under 300 lines, but for those that say why", () => {
    const lengthOf = (path: string) => read(path).trimEnd().split("\n").length;
    expect(source.filter((path) => lengthOf(path) > 300)).toEqual([]);
  });

  it("skips a test only for what is missing on the machine, and says so", () => {
    const silent = tests.flatMap((path) => {
      const text = read(path);
      const isAlways = /^\s*(?:it|test|describe)\.(?:skip|todo)\(/m.test(text);
      const isSaid = /console\.warn\([^)]*skipped/s.test(text) || /"skipped" in |\bskipped:/.test(text);
      const isConditional = /\b(?:it|test|describe)\.(?:skipIf|runIf)\(/.test(text);
      // A program in a template may hold a skipped test: it is what the reader of reports is shown.
      const isExample = path === "test/adapters/checks/checks.test.ts";
      return (isAlways || isConditional) && !isSaid && !isExample ? [path] : [];
    });
    expect(silent).toEqual([]);
  });
});

describe("the words about the house", () => {
  it("the README's layout lists exactly what is in src", () => {
    const rows = [...read("README.md").matchAll(/^\| `src\/([\w.-]+)\/?` /gm)].map((match) => match[1]);
    expect(rows.toSorted()).toEqual(readdirSync(join(root, "src")).toSorted());
  });

  it("links in Markdown lead to files that are there", () => {
    const pages = ["README.md", "AGENTS.md", "CHANGELOG.md", "skills/README.md", "policies/README.md"];
    const lost = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map((match) => join(page, "..", match[1] ?? ""))
        .filter((path) => statSync(join(root, path), { throwIfNoEntry: false }) === undefined),
    );
    expect(lost).toEqual([]);
  });

  it("the README stays short, and AGENTS.md shorter", () => {
    expect(read("README.md").split("\n").length).toBeLessThan(150);
    expect(read("AGENTS.md").split("\n").length).toBeLessThan(60);
  });

  it("every command of loom is in its help and in the README", () => {
    const text = read("src/entry/command-line.ts");
    const usage = /const usage = `([^`]*)`/.exec(text)?.[1] ?? "";
    const verbs = [...text.matchAll(/^ {4}case "([a-z-]+)":/gm)].map((match) => match[1] ?? "");
    expect(verbs.length).toBeGreaterThan(10);
    expect(verbs.filter((verb) => !new RegExp(`\\bloom ${verb}\\b|\\| ${verb}\\b`).test(usage))).toEqual([]);
    expect(verbs.filter((verb) => !new RegExp(`\`${verb}\``).test(read("README.md")))).toEqual([]);
  });

  it("every npm script that the documents name exists", () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read("package.json")));
    const named = ["README.md", "AGENTS.md", ".ci/run"].flatMap((page) =>
      [...read(page).matchAll(/\bnpm run (?:-- )?([a-z]+)/g)].map((match) => match[1] ?? ""),
    );
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it(".env.example names exactly the variables that are read", () => {
    const named = [...read(".env.example").matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1] ?? "");
    const variables = /const variables = z\.object\(\{(.*?)^\}\);/ms.exec(
      read("src/config/environment.ts"),
    )?.[1];
    const known = [...(variables ?? "").matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1] ?? "");
    const composed = [...read("compose.yml").matchAll(/\$\{([A-Z_]+)/g)].map((match) => match[1] ?? "");
    expect(known.length).toBeGreaterThan(8);
    expect(named.toSorted()).toEqual([...new Set([...known, ...composed])].toSorted());
  });

  it("the image copies only what is there and what its build may see", () => {
    const copied = [...read("Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      (match) => match[1]?.split(" ") ?? [],
    );
    const seen = read(".dockerignore").match(/(?<=^!).+$/gm) ?? [];
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect(statSync(join(root, path), { throwIfNoEntry: false }), path).toBeDefined();
      expect(seen).toContain(path);
    }
  });
});

describe("the Slack manifest", () => {
  // https://docs.slack.dev/reference/methods: the bot scope that each asks for; null asks for none.
  const scopes: Record<string, string | null> = {
    "auth.test": null,
    "chat.getPermalink": null,
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history",
    "conversations.list": "channels:read",
    "conversations.replies": "channels:history",
    "views.open": null,
    "views.publish": null,
    "views.update": null,
  };
  const manifest = z
    .object({
      oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
      settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
    })
    .parse(parse(read("manifest.yml")));
  const granted = manifest.oauth_config.scopes.bot;

  it("grants the scope of every Web API method that the bot calls", () => {
    const called = filesIn("src/adapters/slack").flatMap((path) =>
      [
        ...read(path).matchAll(
          /\bclient\.(auth|chat|conversations|reactions|usergroups|users|views)\.(\w+)\(/g,
        ),
      ].map((match) => `${match[1]}.${match[2]}`),
    );
    expect(called).toContain("chat.postMessage");
    for (const method of new Set(called)) {
      const scope = scopes[method];
      expect(scope, `${method} needs its row in this table`).not.toBeUndefined();
      if (scope) expect(granted, method).toContain(scope);
    }
  });

  it("grants the scope of every event that it subscribes to", () => {
    const needed: Record<string, string | null> = {
      app_home_opened: null,
      app_mention: "app_mentions:read",
      "message.im": "im:history",
    };
    for (const event of manifest.settings.event_subscriptions.bot_events) {
      expect(needed[event], `${event} needs its row in this table`).not.toBeUndefined();
      if (needed[event]) expect(granted, event).toContain(needed[event]);
    }
  });
});

describe("the lock file", () => {
  const entry = z.object({
    version: z.string().optional(),
    optionalDependencies: z.record(z.string(), z.string()).optional(),
  });
  const { packages } = z
    .object({ packages: z.record(z.string(), entry) })
    .parse(JSON.parse(read("package-lock.json")));
  const names = Object.keys(packages);

  it("names the binaries of every platform, without which npm ci refuses it elsewhere", () => {
    const absent = Object.values(packages)
      .flatMap((one) => Object.keys(one.optionalDependencies ?? {}))
      .filter((name) => !names.some((path) => path.endsWith(`node_modules/${name}`)));
    expect(absent).toEqual([]);
  });

  it("names no registry, so that it works with anyone's", () => {
    expect(read("package-lock.json")).not.toContain('"resolved"');
  });
});
