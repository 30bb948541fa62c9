import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readDefinitions } from "../../src/config/definitions.ts";
import { withBuiltIn } from "../../src/domain/zones.ts";
import { goodFiles, goodLoop, goodOrganisation, put, skill, temporaryRoot } from "./temporary-root.ts";

const problemsOf = async (root: string) => {
  const read = await readDefinitions(root);
  return read.kind === "refused" ? read.problems : [];
};
/** Root may read everything: there the rest of the test runs as the user nobody. */
const beNobody = (): void => {
  if (process.getuid?.() !== 0) return;
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
};
const withLoop = (loop: string) => temporaryRoot({ ...goodFiles, "skills/triage/loop.yml": loop });
const withOrganisation = (text: string) => temporaryRoot({ ...goodFiles, "policies/org.yml": text });

test("the smallest loop, with every default", async () => {
  const root = await temporaryRoot();

  expect(await readDefinitions(root)).toEqual({
    kind: "valid",
    organisation: {
      name: "Shop",
      timezone: "Europe/Berlin",
      commitEmail: "loom@example.com",
      repositories: [
        { name: "shop", remote: join(root, "remotes/shop.git"), target: "main", approvers: "maintainers" },
      ],
      people: [
        { id: "alice", name: "Alice", slack: "U01ALICE", emails: ["alice@example.com"] },
        { id: "bob", name: "Bob", emails: [] },
      ],
      groups: [{ name: "maintainers", members: ["alice", "bob"] }],
      may: { start: ["maintainers"], pause: ["maintainers"], settle: ["maintainers"] },
      breakGlass: null,
      trustedLoops: [],
      trust: {},
      zones: withBuiltIn([]),
      environments: ["staging", "production"],
      tools: [],
      freezes: [],
      budgets: { runUsdMax: 100 },
      rules: [],
      digest: {
        cadence: { kind: "cron", pattern: "0 8 * * 1-5", timezone: "Europe/Berlin", words: "weekdays 08:00" },
        channel: "loom",
      },
    },
    loops: [
      {
        name: "triage",
        description: "What triage does.",
        instructions: "Do it well.",
        skillDir: join(root, "skills/triage"),
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        owner: "alice",
        repository: "shop",
        cadence: { kind: "cron", pattern: "0 7 * * 1-5", timezone: "Europe/Berlin", words: "weekdays 07:00" },
        on: [],
        sources: [{ kind: "checks" }],
        maker: { kind: "bisect" },
        checker: { kind: "tests" },
        check: { argv: ["npm", "test"], borrow: {}, network: false },
        claims: { paths: [], mode: "shared", resources: [] },
        channel: "triage",
        stop: { findingsPerTickMax: 5, failuresInRowMax: 3 },
        limits: {
          attemptsMax: 3,
          makeMs: 900_000,
          checkMs: 600_000,
          outputBytesMax: 10_000_000,
          filesMax: 200,
          linesMax: 5_000,
          holdMs: 259_200_000,
          costUsdMax: 2,
          findingCostUsdMax: 6,
          reviewRoundsMax: 3,
        },
      },
    ],
  });
});

test("a loop that says everything", async () => {
  const root = await withLoop(`owner: alice
repository: shop
cadence: every 2h UTC
on: [push, landed]
channel: triage
sources: [issues, { commits: [fixup, whitespace] }]
maker:
  command: claude -p {prompt}
  env: { MODE: fast }
  pass_env: [ANTHROPIC_API_KEY]
  network: true
checker: tests
check: { command: [npm, test], setup: npm ci, report: out/report.xml, network: true }
claims: { paths: ["src/**/*.js", src/cart.js, src/cart.js], mode: exclusive, resources: "env:staging" }
deploy: { to: production, command: ./deploy.sh --all, within: 90s, env: { MODE: fast }, pass_env: DEPLOY_TOKEN }
stop: { goal: npm run lint, findings_per_tick: 9, failures_in_row: 1, until: 2027-01-31, budget_usd_per_day: 7.5 }
limits: { attempts: 1, make: 90s, check: 2h, output: 1MB, files: 3, lines: 40, hold: 1d, cost_usd: 0.5, finding_cost_usd: 1.5, review_rounds: 2 }
`);

  const read = await readDefinitions(root);

  expect(read.kind === "valid" && read.loops[0]).toMatchObject({
    cadence: { pattern: "0 */2 * * *", timezone: "UTC" },
    on: ["push", "landed"],
    sources: [{ kind: "issues" }, { kind: "commits", rules: ["fixup", "whitespace"] }],
    maker: {
      kind: "command",
      argv: ["claude", "-p", "{prompt}"],
      stdin: "none",
      env: { MODE: "fast" },
      passEnv: ["ANTHROPIC_API_KEY"],
      network: true,
    },
    check: {
      argv: ["npm", "test"],
      setup: ["npm", "ci"],
      report: "out/report.xml",
      borrow: {},
      network: true,
    },
    claims: { paths: ["src/**/*.js", "src/cart.js"], mode: "exclusive", resources: ["env:staging"] },
    deploy: {
      to: "production",
      argv: ["./deploy.sh", "--all"],
      wallMs: 90_000,
      env: { MODE: "fast" },
      passEnv: ["DEPLOY_TOKEN"],
    },
    stop: {
      goal: ["npm", "run", "lint"],
      findingsPerTickMax: 9,
      failuresInRowMax: 1,
      until: new Date("2027-01-31T22:59:59.999Z"),
      budgetUsdPerDay: 7.5,
    },
    limits: {
      attemptsMax: 1,
      makeMs: 90_000,
      checkMs: 7_200_000,
      outputBytesMax: 1_000_000,
      costUsdMax: 0.5,
      findingCostUsdMax: 1.5,
      reviewRoundsMax: 2,
    },
  });
});

test("plain commits leave whitespace out, and a maker without {prompt} gets it on its input", async () => {
  const root = await withLoop(
    goodLoop.replace("[checks]", "commits").replace("maker: bisect", "maker: { command: agent }"),
  );

  const read = await readDefinitions(root);

  expect(read.kind === "valid" && read.loops[0]).toMatchObject({
    sources: [{ kind: "commits", rules: ["conflict-markers", "fixup"] }],
    maker: { kind: "command", argv: ["agent"], stdin: "prompt", network: false },
  });
});

const claimProblems: [claims: string, problem: string][] = [
  ["everything", ' is "everything"; write a map of paths, mode, resources'],
  ["{ path: src }", '.path is not a known key; did you mean "paths"?'],
  [
    "{ paths: [/src/**] }",
    '.paths[0] "/src/**" is absolute; write it from the repository\'s root, without /',
  ],
  ["{ paths: [a.js, ../b.js] }", '.paths[1] "../b.js" leaves the repository with ..; write a path inside it'],
  ["{ paths: src/ }", '.paths[0] "src/" names a folder; write "src/**" for the files in it'],
  ["{ paths: ./src/** }", '.paths[0] "./src/**" has an empty or . folder in it, so it matches nothing'],
  ["{ paths: [src//a.js] }", '.paths[0] "src//a.js" has an empty or . folder in it'],
  [
    '{ paths: ["src/[a.js"] }',
    '.paths[0] "src/[a.js" opens a bracket that it does not close, so it matches nothing',
  ],
  ['{ paths: ["!src/**"] }', '.paths[0] "!src/**" begins with !, which leaves files out'],
  ['{ paths: [" a.js"] }', '.paths[0] " a.js" has spaces at its ends'],
  ['{ paths: ["src\\\\a.js"] }', '.paths[0] "src\\\\a.js" has a backslash; write / between folders'],
  ["{ paths: .git/config }", '.paths[0] ".git/config" is git\'s own folder'],
  ['{ paths: [""] }', ".paths[0] is empty; write a glob such as src/prices/**"],
  [`{ paths: ${"a".repeat(301)} }`, `.paths[0] "${"a".repeat(57)}…" has 301 characters`],
  [`{ paths: [${"a, ".repeat(51)}] }`, ".paths is too long; at most 50 items are allowed"],
  ['{ paths: "**", mode: exclusive }', '.paths[0] "**" means every file; name what the loop really changes'],
  ['{ paths: "**/*" }', '.paths[0] "**/*" means every file'],
  [
    '{ paths: ["*"], mode: exclusive }',
    '.paths[0] "*" means every file of a folder; name what the loop really changes, or share it',
  ],
  ["{ mode: alone, paths: a.js }", '.mode "alone" is not known; allowed: exclusive, shared'],
  ["{ mode: exclusive }", ".mode says how to claim, but nothing is claimed"],
  [
    "{ resources: staging }",
    '.resources[0] "staging" is not a resource; write its kind and its name, e.g. "env:staging"',
  ],
  ["{ resources: [{ env: staging }] }", '.resources[0] is a map; write a resource such as "env:staging"'],
];

describe("a wrong loop is refused with file, line, what was read and what is allowed", () => {
  const line = (from: string, to: string) => goodLoop.replace(from, to);
  test.each([
    [
      line("weekdays 07:00", '"weekdys 07:00"'),
      '3: cadence "weekdys 07:00" is not understood; did you mean "weekdays 07:00"?',
    ],
    [
      line("owner: alice", "owner: alcie"),
      '1: owner "alcie" is not among the people of policies/org.yml; did you mean "alice"?',
    ],
    [
      line("repository: shop", "repository: shpo"),
      '2: repository "shpo" is not among the repositories of policies/org.yml; did you mean "shop"?',
    ],
    [line("repository: shop", "repository: payments"), "allowed: shop"],
    [line("owner: alice\n", ""), "1: owner is missing; write the name of a person in policies/org.yml"],
    [line("channel: triage", "channel: #triage"), "4: channel is empty; write a channel's name without #"],
    [
      line("channel: triage", 'channel: "#triage"'),
      '4: channel is "#triage"; write a channel\'s name without #',
    ],
    [line("channel: triage", "channel: 7"), "4: channel is the number 7; write a channel's name"],
    [line("[checks]", "[checks, isues]"), '5: sources[1] "isues" is not known; did you mean "issues"?'],
    [line("[checks]", "[]"), "5: sources is an empty list; a loop needs checks, issues or commits"],
    [line("[checks]", "[checks, checks]"), "5: sources[1] names checks for the second time"],
    [
      line("[checks]", "[{ commits: [fixups] }]"),
      '5: sources[0].commits[0] "fixups" is not known; did you mean "fixup"?',
    ],
    [
      line("[checks]", "[{ commit: [fixup] }]"),
      '5: sources[0].commit is not a known key; did you mean "commits"?',
    ],
    [line("maker: bisect", "maker: bisct"), '6: maker "bisct" is not known; write "bisect", or a program: '],
    [
      line("maker: bisect", "maker: { comand: claude }"),
      '6: maker.comand is not a known key; did you mean "command"?',
    ],
    [
      line("maker: bisect", "maker: { command: [claude, {prompt}] }"),
      "6: maker.command has a map as its word 2; put each word in quotes",
    ],
    [
      line("maker: bisect", 'maker: { command: [a, "{promt}"] }'),
      '6: maker.command has the unknown placeholder {promt}; did you mean "prompt"?',
    ],
    [
      line("maker: bisect", "maker: { command: a, pass_env: [SLACK_BOT_TOKEN] }"),
      "6: maker.pass_env[0] is one of LoomStack's own variables; no program of a loop gets those",
    ],
    [
      line("maker: bisect", "maker: { command: a, env: { A-B: x } }"),
      "6: maker.env.A-B is not allowed as a name; write the name of an environment variable",
    ],
    [
      line("npm test", "npm ci && npm test"),
      '7: check.command "npm ci && npm test" uses "&", which only a shell understands; put it in a script',
    ],
    [
      line("npm test", "[npm, 3]"),
      "7: check.command has the number 3 as its word 2; put each word in quotes",
    ],
    [
      line("npm test", "{ command: npm test, report: ../x }"),
      '7: check.report is "../x"; write a path inside the repository',
    ],
    [
      line("npm test", "{ command: npm test, network: 1 }"),
      "7: check.network is the number 1; write true or false",
    ],
    [line("npm test", ""), "7: check is empty; write a map of command, setup, report, network"],
    [`${goodLoop}cadance: x\n`, '8: cadance is not a known key; did you mean "cadence"?'],
    [line("cadence:", "cadense:"), '3: cadense is not a known key; did you mean "cadence"?'],
    [`${goodLoop}"on": [pushed]\n`, '8: on[0] "pushed" is not known; did you mean "push"?'],
    [`${goodLoop}checker: test\n`, '8: checker "test" is not known; did you mean "tests"?'],
    [
      `${goodLoop}limits:\n  make: 15 minutes\n`,
      '9: limits.make "15 minutes" is not a duration; write e.g. "90s", "15m"',
    ],
    [`${goodLoop}limits:\n  make: 2d\n`, '9: limits.make is "2d"; write "1s" to "6h"'],
    [`${goodLoop}limits:\n  output: 1GB\n`, '9: limits.output is "1GB"; write "1KB" to "200MB"'],
    [`${goodLoop}limits: { attempts: 0 }\n`, "8: limits.attempts is 0; write a whole number from 1 to 20"],
    [`${goodLoop}limits: { attempts: 1.5 }\n`, "8: limits.attempts is 1.5; write a whole number"],
    [
      `${goodLoop}limits: { attempts: many }\n`,
      '8: limits.attempts is "many"; write a whole number from 1 to 20',
    ],
    [
      `${goodLoop}limits: { finding_cost_usd: -1 }\n`,
      "8: limits.finding_cost_usd is -1; write a number from 0 to 10000",
    ],
    [
      `${goodLoop}limits: { review_rounds: 0 }\n`,
      "8: limits.review_rounds is 0; write a whole number from 1 to 20",
    ],
    [`${goodLoop}deploy: production\n`, '8: deploy is "production"; write a map of to, command, within'],
    [`${goodLoop}deploy: { to: production }\n`, '8: deploy.command is missing; write e.g. "npm test"'],
    [
      `${goodLoop}deploy: { to: prodution, command: ./deploy.sh }\n`,
      '8: deploy.to "prodution" is not among the environments of policies/org.yml; did you mean "production"?',
    ],
    [
      `${goodLoop}deploy: { to: staging, command: ./deploy.sh && ./tell.sh }\n`,
      '8: deploy.command "./deploy.sh && ./tell.sh" uses "&", which only a shell understands',
    ],
    [
      `${goodLoop}deploy: { to: staging, command: ./deploy.sh, within: 2d }\n`,
      '8: deploy.within is "2d"; write "1s" to "6h"',
    ],
    [
      `${goodLoop}deploy: { to: staging, command: ./deploy.sh, pass_env: [LOOM_HOME] }\n`,
      "8: deploy.pass_env[0] is one of LoomStack's own variables; no program of a loop gets those",
    ],
    ...claimProblems.map(([claims, problem]) => [`${goodLoop}claims: ${claims}\n`, `8: claims${problem}`]),
    [`${goodLoop}limits: { files: .inf }\n`, "8: limits.files is the number Infinity; write a whole number"],
    [`${goodLoop}limits: { cost_usd: -1 }\n`, "8: limits.cost_usd is -1; write a number from 0 to 1000"],
    [`${goodLoop}limits:\n`, "8: limits is empty; write a map of attempts"],
    [
      `${goodLoop}stop: { until: 2027-02-30 }\n`,
      '8: stop.until is "2027-02-30"; write a day such as "2027-01-31"',
    ],
    [`${goodLoop}stop: never\n`, '8: stop is "never"; write a map of goal, findings_per_tick'],
    ["- 1\n", "1: the file is a list; write a map of owner, repository"],
    ["", "1: the file is empty; write a map of owner, repository"],
    ["just words", '1: the file is "just words"; write a map of owner'],
  ])("%j", async (loop, problem) => {
    const problems = await problemsOf(await withLoop(loop));

    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual(expect.stringContaining(problem));
    expect(problems[0]).toMatch(/^skills\/triage\/loop\.yml:\d+: /);
  });

  test("a long value is shown short, on one line", async () => {
    const [problem] = await problemsOf(await withLoop(goodLoop.replace("alice", `"${"x\\n".repeat(500)}"`)));

    expect(problem?.length).toBeLessThan(250);
    expect(problem).not.toContain("\n");
  });
});

describe("a wrong organisation is refused in the same way", () => {
  const line = (from: string, to: string) => goodOrganisation.replace(from, to);
  test.each([
    [
      line("Europe/Berlin", "Europe/Berln"),
      '2: timezone "Europe/Berln" is not a time zone; did you mean "Europe/Berlin"?',
    ],
    [line("loom@example.com", "loom"), '3: commit_email is "loom"; write an e-mail address'],
    [
      line("approvers: maintainers", "approvers: maintainer"),
      '5: repositories.shop.approvers "maintainer" is not among the groups; did you mean "maintainers"?',
    ],
    [
      line("remotes/shop.git", "--upload-pack=x"),
      '5: repositories.shop.remote is "--upload-pack=x"; write a path or an address',
    ],
    [line("remotes/shop.git", '"ext::sh -c x"'), "5: repositories.shop.remote is"],
    [line("remotes/shop.git", "~/shop"), '5: repositories.shop.remote is "~/shop"; only a shell knows ~'],
    [
      line("remotes/shop.git,", 'x, target: "-f",'),
      '5: repositories.shop.target is "-f"; git does not allow that as a branch',
    ],
    [line("remotes/shop.git,", "x, target: a..b,"), "5: repositories.shop.target is"],
    [
      line("shop: { remote", "../shop: { remote"),
      "5: repositories.../shop is not allowed as a name; write a name",
    ],
    [
      line("U01ALICE", "alice"),
      '7: people.alice.slack is "alice"; write a Slack member id such as "U01ALICE"',
    ],
    [
      line("{ name: Bob }", "{ name: Bob, slack: U01ALICE }"),
      '8: people.bob.slack "U01ALICE" is also alice\'s',
    ],
    [
      line("{ name: Bob }", "{ name: Bob, emails: [Alice@example.com] }"),
      '8: people.bob.emails[0] "Alice@example.com" is also alice\'s',
    ],
    [
      line("[alice, bob]", "[alice, bbo]"),
      '10: groups.maintainers[1] "bbo" is not among the people; did you mean "bob"?',
    ],
    [line("[alice, bob]", "[]"), "10: groups.maintainers has no members; nobody could answer for it"],
    [
      line("start: [maintainers]", "start: [admins]"),
      '12: may.start[0] "admins" is not among the groups; allowed: maintainers',
    ],
    [line("  pause: [maintainers]\n", ""), "11: may.pause is missing; write a list"],
    [line("channel: loom", "channel: Loom!"), '15: digest.channel is "Loom!"; write a channel\'s name'],
    [line("weekdays 08:00", "noon"), '15: digest.cadence "noon" is not understood'],
    [
      `${goodOrganisation}trusted_loops: [tirage]\n`,
      '16: trusted_loops[0] "tirage" is not among the loops; did you mean "triage"?',
    ],
    [`${goodOrganisation}zone: {}\n`, '16: zone is not a known key; did you mean "zones"?'],
  ])("%j", async (text, problem) => {
    const problems = await problemsOf(await withOrganisation(text));

    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual(expect.stringContaining(`policies/org.yml:${problem}`));
  });

  test("a password in a remote is refused and not repeated", async () => {
    const text = line("remotes/shop.git", "https://bob:hunter2@example.com/shop.git");

    const problems = await problemsOf(await withOrganisation(text));

    expect(problems).toEqual([expect.stringContaining("has a password in it")]);
    expect(problems.join()).not.toContain("hunter2");
  });

  test.each([
    "git@example.com:acme/shop.git",
    "https://example.com/shop.git",
    "file:///srv/shop.git",
    "/srv/a b.git",
  ])("the remote %s stays as it is", async (remote) => {
    const read = await readDefinitions(await withOrganisation(line("remotes/shop.git", `"${remote}"`)));

    expect(read.kind === "valid" && read.organisation.repositories[0]?.remote).toBe(remote);
  });
});

describe("files and folders", () => {
  test("every problem of every file comes at once", async () => {
    const root = await temporaryRoot({
      "policies/org.yml": goodOrganisation
        .replace("name: Shop", "name:")
        .replace("[alice, bob]", "[alice, bbo"),
      "skills/triage/SKILL.md": "no front matter",
      "skills/triage/loop.yml": `${goodLoop.replace("bisect", "magic").replace("owner: alice\n", "")}more: 1\n`,
      "skills/empty/notes.txt": "",
      "skills/tidy/SKILL.md": skill("tdiy"),
    });

    const problems = (await problemsOf(root)).map((problem) => /^[^ ]+:/.exec(problem)?.[0]);

    expect(problems).toEqual([
      "policies/org.yml:11:",
      "skills/empty/SKILL.md:",
      "skills/tidy/SKILL.md:2:",
      "skills/triage/SKILL.md:1:",
      "skills/triage/loop.yml:1:",
      "skills/triage/loop.yml:5:",
      "skills/triage/loop.yml:7:",
    ]);
  });

  test("missing files and folders are named", async () => {
    const root = await temporaryRoot({});

    expect(await problemsOf(root)).toEqual([
      `skills: reading the folder in ${root}: is missing`,
      `policies/org.yml: is missing in ${root}; start from the one that LoomStack ships`,
    ]);
  });

  test("a skill without a loop is checked and is no loop", async () => {
    const root = await temporaryRoot({ ...goodFiles, "skills/review/SKILL.md": skill("review") });

    const read = await readDefinitions(root);

    expect(read.kind === "valid" && read.loops.map((loop) => loop.name)).toEqual(["triage"]);
  });

  test.each([
    [
      "loop.yaml",
      { "skills/triage/loop.yaml": goodLoop },
      "skills/triage/loop.yaml: is not read; its name must be loop.yml",
    ],
    [
      "a loop called all",
      { "skills/all/SKILL.md": skill("all"), "skills/all/loop.yml": goodLoop },
      'skills/all/loop.yml:1: "all" means all loops',
    ],
    [
      "a loop without instructions",
      { "skills/triage/SKILL.md": "---\nname: triage\ndescription: x\n---\n" },
      "skills/triage/SKILL.md:1: has no instructions",
    ],
    [
      "a large file",
      { "skills/triage/loop.yml": `${goodLoop}${"# more\n".repeat(50_000)}` },
      "bytes long; at most 262144 are allowed",
    ],
    [
      "bytes that are no text",
      { "skills/triage/loop.yml": Buffer.from([0x6f, 0xff, 0xfe]) },
      "skills/triage/loop.yml: is not UTF-8 text",
    ],
    ["a NUL", { "skills/triage/loop.yml": `${goodLoop}\0` }, "skills/triage/loop.yml: is not UTF-8 text"],
  ])("%s is refused", async (_, files: Record<string, string | Buffer>, problem) => {
    const root = await temporaryRoot({ ...goodFiles, ...files });

    expect(await problemsOf(root)).toEqual([expect.stringContaining(problem)]);
  });

  test("a device or a folder in a file's place is refused, not read", async () => {
    const root = await temporaryRoot({
      "policies/org.yml": goodOrganisation,
      "skills/triage/SKILL.md": skill("triage"),
    });
    await symlink("/dev/zero", join(root, "skills/triage/loop.yml"));
    await mkdir(join(root, "skills/tidy/SKILL.md"), { recursive: true });

    expect(await problemsOf(root)).toEqual([
      "skills/tidy/SKILL.md: is not a file",
      "skills/triage/loop.yml: is not a file",
    ]);
  });

  test("a link that leads to itself is told", async () => {
    const root = await temporaryRoot();
    await symlink("triage2", join(root, "skills/triage2"));

    expect(await problemsOf(root)).toEqual([
      "skills/triage2/SKILL.md: is a link that leads to itself",
      "skills/triage2/loop.yml: is a link that leads to itself",
    ]);
  });

  test("a file that may not be read is told", async () => {
    const root = await temporaryRoot();
    await chmod(join(root, "policies/org.yml"), 0);
    await chmod(root, 0o755);
    beNobody();

    expect(await problemsOf(root)).toEqual([
      expect.stringContaining("policies/org.yml: may not be read by this user"),
    ]);
  });

  test("the digest names the files' bytes and nothing else", async () => {
    const digestOf = async (root: string) => {
      const read = await readDefinitions(root);
      return read.kind === "valid" ? read.loops[0]?.digest : undefined;
    };
    const root = await temporaryRoot();
    const first = await digestOf(root);

    await put(root, { "policies/org.yml": goodOrganisation.replace("Shop", "Store") });
    expect(await digestOf(root)).toBe(first);
    await put(root, { "skills/triage/loop.yml": `${goodLoop}# more\n` });
    expect(await digestOf(root)).not.toBe(first);
  });
});

describe("overrides", () => {
  test("a repository that the file has gets another place", async () => {
    const root = await temporaryRoot();

    const read = await readDefinitions(root, { repositories: { shop: { remote: "/srv/shop.git" } } });

    expect(read.kind === "valid" && read.organisation.repositories).toEqual([
      { name: "shop", remote: "/srv/shop.git", target: "main", approvers: "maintainers" },
    ]);
  });

  test("a loop is pointed at a repository of the command line, with its check", async () => {
    const root = await temporaryRoot();
    const check = {
      argv: ["make", "test"],
      borrow: { node_modules: "/home/a/node_modules" },
      network: false,
    };

    const read = await readDefinitions(root, {
      repositories: { mine: { remote: "/home/a/mine", target: "trunk" } },
      loops: { triage: { repository: "mine", check } },
    });

    expect(read).toMatchObject({
      kind: "valid",
      organisation: {
        repositories: [
          { name: "shop" },
          { name: "mine", remote: "/home/a/mine", target: "trunk", approvers: "maintainers" },
        ],
      },
      loops: [{ repository: "mine", check }],
    });
  });

  test("a loop that no folder carries is refused", async () => {
    const root = await temporaryRoot();

    expect(await readDefinitions(root, { loops: { traige: { repository: "shop" } } })).toEqual({
      kind: "refused",
      problems: ['command line: "traige" is not among the loops; did you mean "triage"?'],
    });
  });
});
