import { describe, expect, it } from "vitest";
import { withBuiltIn } from "../../src/domain/zones.ts";
import { splitRules } from "../../src/policy/split-rules.ts";
import { permit, problemsWith, setWith } from "./samples.ts";

const land = `principal, action == Loom::Action::"land", resource`;
const rule = (rest: string, head = `@id("x") @message("x")`) => `${head}\nforbid (${land}) ${rest};`;

/** The rule under test stands on lines 2 and 3 of `policies/test.cedar`. */
const wrong: [what: string, rule: string, message: RegExp][] = [
  [
    "a zone",
    `@id("x") @message("x")\nforbid (principal, action == Loom::Action::"land", resource in Loom::Zone::"legder");`,
    /^policies\/test\.cedar:3:\d+: .*"legder".*did you mean "ledger"\?$/,
  ],
  [
    "a tool",
    `@id("x") @message("x")\nforbid (principal, action == Loom::Action::"call", resource == Loom::Tool::"jira.coment");`,
    /^policies\/test\.cedar:3:.*did you mean "jira\.comment"\?$/,
  ],
  [
    "an environment",
    `@id("x") @message("x")\nforbid (principal, action == Loom::Action::"deploy", resource == Loom::Environment::"producton");`,
    /:3:.*did you mean "production"\?$/,
  ],
  [
    "a kind of conflict",
    rule(`when { context.conflicts.contains(Loom::Conflict::"undoo") }`),
    /:3:.*did you mean "undo"\?$/,
  ],
  ["an attribute", rule("when { context.lnes > 3 }"), /:3:\d+: attribute `lnes`.*did you mean `lines`\?$/],
  ["an attribute of the loop", rule("when { principal.trsut > 3 }"), /did you mean `trust`\?$/],
  [
    "an attribute that the action lacks",
    `@id("x") @message("x")\nforbid (principal, action == Loom::Action::"deploy", resource) when { context.lines > 3 };`,
    /attribute `lines`/,
  ],
  [
    "an action",
    `@id("x") @message("x")\nforbid (principal, action == Loom::Action::"lnad", resource);`,
    /did you mean `Loom::Action::"land"`/,
  ],
  [
    "a type",
    `@id("x") @message("x")\nforbid (principal, action == Loom::Action::"land", resource in Loom::Zne::"ledger");`,
    /did you mean `Loom::Zone`/,
  ],
  ["a number in quotation marks", rule(`when { context.lines > "4" }`), /expected Long but saw String/],
  [
    "a zone in an edge",
    rule(`when { context.newEdges.contains("ui->bd") }`),
    /:2:1: there is no zone "bd"; did you mean "db"\?$/,
  ],
  [
    "a zone in a tag",
    rule(`when { resource.hasTag("ledgr") }`),
    /there is no zone "ledgr"; did you mean "ledger"\?$/,
  ],
  ["a tag that may be missing", rule(`when { resource.getTag("ledger") > 3 }`), /hasTag/],
  ["a rule that can never speak", rule("when { context.lines > 3 && false }"), /impossible/],
  ["a loop over nothing", rule("when { context.conflicts.containsAny([]) }"), /empty set/],
  ["a regular expression", rule(`when { context.lines.matches("x") }`), /`matches` is not a valid method/],
  ["a half-written rule", rule("when { context.lines > }"), /:3:\d+: unexpected token `}`/],
  ["a template", `@id("x") @message("x")\nforbid (principal == ?principal, action, resource);`, /template/],
  ["no id", rule("", `@message("x")`), /:2:1: @id is missing or odd/],
  ["an odd id", rule("", `@id("Big Change") @message("x")`), /@id is missing or odd/],
  [
    "an id that is taken",
    `${rule("")}\n@id("x") @message("again") forbid (${land});`,
    /@id\("x"\) is in policies\/test\.cedar, too/,
  ],
  ["an id of the floor", rule("", `@id("frozen") @message("x")`), /@id\("frozen"\) is in built in, too/],
  ["no message", rule("", `@id("x")`), /@message is missing/],
  [
    "a word in a message",
    rule("", `@id("x") @message("{lnies} lines")`),
    /@message knows no \{lnies}; did you mean "lines"\?$/,
  ],
  ["a group", rule("", `@id("x") @message("x") @hold("laeds:1")`), /no group; did you mean "leads"\?$/],
  [
    "more than a group has",
    rule("", `@id("x") @message("x") @hold("leads:3")`),
    /asks for 3 of leads, which has 2 members/,
  ],
  ["a hold without a count", rule("", `@id("x") @message("x") @hold("leads")`), /@hold\("leads"\) is odd/],
  ["a hold of nobody", rule("", `@id("x") @message("x") @hold("leads:0")`), /is odd/],
  ["a hold on a permit", `@id("x") @hold("leads:1") permit (${land});`, /@hold belongs on a forbid/],
  [
    "a retry that is not time",
    rule("", `@id("x") @message("x") @retry("soon")`),
    /@retry can be "time" only/,
  ],
  [
    "a hold that retries",
    rule("", `@id("x") @message("x") @hold("leads:1") @retry("time")`),
    /exclude each other/,
  ],
  ["an annotation", rule("", `@id("x") @mesage("x")`), /@mesage is not known; did you mean "message"\?/],
];

describe("a rule that is not right is refused with its place and the nearest right word", () => {
  it.each(wrong)("%s", (_, text, message) => {
    const problems = problemsWith(text);
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]).toMatch(message);
  });

  it("its column counts characters, not bytes, after any alphabet", () => {
    const text = `// äöü 漢字 🎉\n@id("x") @message("äöü")\nforbid (${land}) when { "ü🎉" == "x" || context.lnes > 3 };`;
    const [line] = text.split("\n").slice(2);
    const column = [...(line ?? "").slice(0, (line ?? "").indexOf("context.lnes"))].length + 1;
    expect(problemsWith(text)[0]).toMatch(new RegExp(`^policies/test\\.cedar:4:${column}: attribute`));
  });

  it("without a permit everything would be denied: refused, too, and so is an empty set of files", () => {
    const message = [expect.stringContaining("no rule permits anything")];
    expect(problemsWith([{ label: "a.cedar", text: rule("") }])).toEqual(message);
    expect(problemsWith([])).toEqual(message);
  });

  it("tells every problem of every file at once", () => {
    const problems = problemsWith([
      { label: "a.cedar", text: `${permit}\n${rule("when { context.lnes > 3 }")}` },
      { label: "b.cedar", text: rule(`when { context.flies > 3 }`, `@id("y") @message("y")`) },
    ]);
    expect(problems.map((one) => one.split(":")[0])).toEqual(["a.cedar", "b.cedar"]);
  });
});

describe("splitting a file into its rules", () => {
  it("keeps their order, from eleven rules on as well, and their places", () => {
    const text = Array.from(
      { length: 14 },
      (_, at) => `// ; a comment "\n@id("r${at}") @message("a; \\"b\\"; {lines}")\nforbid (${land});\n`,
    ).join("\n");
    expect(splitRules(text).map((one) => /@id\("(r\d+)"\)/.exec(one.text)?.[1])).toEqual(
      Array.from({ length: 14 }, (_, at) => `r${at}`),
    );
    expect(text.slice(splitRules(text)[3]?.start).startsWith(`@id("r3")`)).toBe(true);
    const set = setWith(text);
    expect([...set.rules.keys()].filter((id) => /^r\d/.test(id))).toHaveLength(14);
    expect(set.rules.get("r10")?.text).toContain(`@id("r10")`);
  });
});

describe("the digest of a set", () => {
  it("changes with a rule, a zone, a tool, a freeze or the clock's zone, and not with comments, files or members", () => {
    const plain = setWith(rule("")).digest;
    expect(setWith(rule("when { context.lines > 1 }")).digest).not.toBe(plain);
    expect(setWith(rule(""), { zones: withBuiltIn([]) }).digest).not.toBe(plain);
    expect(setWith(rule(""), { timezone: "UTC" }).digest).not.toBe(plain);
    expect(setWith(rule(""), { tools: [] }).digest).not.toBe(plain);
    expect(setWith(`// why\n${rule("")}`).digest).toBe(plain);
    expect(
      setWith([
        { label: "1.cedar", text: rule("") },
        { label: "2.cedar", text: permit },
      ]).digest,
    ).toBe(plain);
    const groups = [
      { name: "leads", members: ["ada"] },
      { name: "everyone", members: ["ada", "ben"] },
    ];
    expect(setWith(rule(""), { groups }).digest).toBe(plain);
  });
});
