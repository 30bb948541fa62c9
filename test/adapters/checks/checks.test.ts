import { existsSync, lstatSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openChecks } from "../../../src/adapters/checks/open-checks.ts";
import { openSandbox } from "../../../src/adapters/sandbox/open-sandbox.ts";
import type { CheckCommand } from "../../../src/domain/loop.ts";
import { isGreen } from "../../../src/domain/test-report.ts";
import type { Checked, Checks, Program } from "../../../src/ports/processes.ts";

const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const limits = { wallMs: 60_000, outputBytesMax: 1_000_000 };
const never = new AbortController().signal;

let home: string;
let checks: Checks;
const warnings: string[] = [];
const log = (_level: string, text: string) => void warnings.push(text);

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "loom-checks-"));
  const { run } = await openSandbox({ home, mode: "auto", readable: [], log });
  checks = openChecks({ run, log });
  warnings.length = 0;
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function write(dir: string, files: { [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

async function checkoutWith(files: { [path: string]: string }) {
  const dir = await mkdtemp(join(home, "checkout-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await write(dir, files);
  return { dir, at: "a".repeat(40), repository: "shop" };
}

const command = (argv: string[], more: Partial<CheckCommand> = {}): CheckCommand => ({
  argv,
  borrow: {},
  network: false,
  ...more,
});

async function check(files: { [path: string]: string }, wish: CheckCommand): Promise<Checked> {
  return checks.run(await checkoutWith(files), wish, limits, never);
}

function ran(checked: Checked) {
  if (checked.kind !== "ran") throw new Error(`${checked.reason}\n${checked.outputTail}`);
  return checked.report;
}

const told = (checked: Checked): string[] =>
  ran(checked).tests.map(({ status, id, message }) =>
    [status, id, message].filter((p) => p !== "").join(" | "),
  );

const script = (text: string): string[] => ["node", "-e", text];

const nodeTests = {
  "package.json": '{ "scripts": { "test": "node --test test && node --test more" } }',
  "test/cart.test.mjs": `
    import assert from "node:assert";
    import { before, describe, it, test } from "node:test";
    describe("cart", () => {
      describe("totals", () => {
        it("adds", () => assert.equal(1, 2));
        it("ok", () => {});
        it.skip("later", () => {});
        it.todo("to do", () => {});
      });
    });
    test("same name", () => {});
    test("parent", async (t) => { await t.test("child", () => {}); });
    describe("hooked", () => { before(() => { throw new Error("no database"); }); it("x", () => {}); });`,
  "test/shop.test.mjs":
    'import { test } from "node:test"; test("same name", () => { throw new Error("bad at " + import.meta.filename); });',
  "test/broken.test.mjs": 'import "./nowhere.mjs";',
  "more/more.test.mjs": 'import { test } from "node:test"; test("never reached", () => {});',
};

describe("the report of a runner that was only told to test", () => {
  it("node:test by npm: files, nested suites, hooks, files that do not load", async () => {
    const checked = await check(nodeTests, command(["npm", "test"]));

    expect(told(checked).toSorted()).toEqual([
      "failed | test/broken.test.mjs | Error [ERR_MODULE_NOT_FOUND]: Cannot find module 'test/nowhere.mjs' imported from test/broken.test.mjs",
      expect.stringMatching(/^failed \| test\/cart.test.mjs › cart › totals › adds \| .*1 == 2/),
      "failed | test/cart.test.mjs › hooked | no database",
      expect.stringMatching(/^failed \| test\/cart.test.mjs › hooked › x \| /),
      "failed | test/shop.test.mjs › same name | bad at test/shop.test.mjs",
      "passed | test/cart.test.mjs › cart › totals › ok",
      "passed | test/cart.test.mjs › parent",
      "passed | test/cart.test.mjs › parent › child",
      "passed | test/cart.test.mjs › same name",
      "skipped | test/cart.test.mjs › cart › totals › later",
      "skipped | test/cart.test.mjs › cart › totals › to do",
    ]);
    expect(ran(checked)).toMatchObject({ exit: 1, outputTail: expect.stringContaining("failing tests") });
    expect(ran(checked).outputTail).not.toContain(home);
  });

  it("node:test run twice by one script: both are read", async () => {
    const files = {
      "package.json": '{ "scripts": { "test": "node --test a && node --test b" } }',
      "a/a.test.mjs": 'import { test } from "node:test"; test("one", () => {});',
      "b/b.test.mjs": 'import { test } from "node:test"; test("two", () => {});',
    };

    const checked = await check(files, command(["npm", "test"]));

    expect(told(checked).toSorted()).toEqual(["passed | a/a.test.mjs › one", "passed | b/b.test.mjs › two"]);
    expect(isGreen(ran(checked))).toBe(true);
  });

  it("vitest by npm, with the modules that the checkout borrows, which are given back", async () => {
    const checkout = await checkoutWith({
      "package.json": '{ "type": "module", "scripts": { "test": "npm run unit", "unit": "vitest run" } }',
      "src/a.test.ts": `
        import { describe, expect, it } from "vitest";
        describe("cart", () => { it("adds", () => expect(1).toBe(2)); it.skip("later", () => {}); });
        it("top", () => {});`,
      "src/b.test.ts": 'throw new Error("does not load");',
    });

    const checked = await checks.run(
      checkout,
      command(["npm", "test"], { borrow: { node_modules: modules } }),
      limits,
      never,
    );

    expect(told(checked).toSorted()).toEqual([
      "failed | src/a.test.ts › cart › adds | AssertionError: expected 1 to be 2 // Object.is equality",
      "failed | src/b.test.ts | does not load",
      "passed | src/a.test.ts › top",
      "skipped | src/a.test.ts › cart › later",
    ]);
    expect(ran(checked).exit).toBe(1);
    expect(readdirSync(checkout.dir).toSorted()).toEqual(["package.json", "src"]);
  });

  it("an unknown runner: its printed report, else its exit status alone", async () => {
    const printed = '<testsuites><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuites>';

    expect(
      told(await check({}, command(script(`console.log("> x"); console.log(${JSON.stringify(printed)})`)))),
    ).toEqual(["passed | a", "skipped | b"]);
    expect(ran(await check({}, command(script('console.log("fine"); process.exitCode = 4'))))).toEqual({
      tests: [],
      exit: 4,
      outputTail: "fine",
    });
  });
});

describe("the report that a loop names", () => {
  const writes = (text: string) => script(`require("fs").writeFileSync("out.xml", ${JSON.stringify(text)})`);

  it("is read from the checkout", async () => {
    const wish = command(writes('<testsuite name="s"><testcase name="a"/></testsuite>'), {
      report: "out.xml",
    });

    expect(told(await check({}, wish))).toEqual(["passed | s › a"]);
  });

  it("is not believed when it was there before and was not written", async () => {
    const old = { "out.xml": '<testsuite name="s"><testcase name="a"/></testsuite>' };

    expect(ran(await check(old, command(script(""), { report: "out.xml" })))).toEqual({
      tests: [],
      exit: 0,
      outputTail:
        "its report could not be read: out.xml is older than this run; the command did not write it",
    });
  });

  it("is told as missing or malformed, and the command ran all the same", async () => {
    const missing = await check({}, command(script('console.log("hi")'), { report: "out.xml" }));
    const malformed = await check({}, command(writes("<testsuites><testcase"), { report: "out.xml" }));

    expect(ran(missing)).toEqual({
      tests: [],
      exit: 0,
      outputTail: "hi\nits report could not be read: the command left no out.xml",
    });
    expect(ran(malformed)).toMatchObject({
      tests: [],
      outputTail: expect.stringMatching(/^its report could not be read: out.xml: line 1: /),
    });
  });

  it("is refused when it leaves the checkout by a link, is a pipe, or is too large", async () => {
    const secret = join(home, "secret.xml");
    await writeFile(secret, '<testsuites><testcase name="secret"/></testsuites>');
    const attempts = {
      link: `fs.symlinkSync(${JSON.stringify(secret)}, "out.xml")`,
      folder: `fs.symlinkSync(${JSON.stringify(home)}, "d")`,
      pipe: 'require("child_process").execFileSync("mkfifo", ["out.xml"])',
      large: 'fs.closeSync(fs.openSync("out.xml", "w")); fs.truncateSync("out.xml", 60 * 1024 * 1024)',
    };
    const tails: { [attempt: string]: string } = {};
    for (const [attempt, text] of Object.entries(attempts)) {
      const report = attempt === "folder" ? "d/secret.xml" : "out.xml";
      const checked = await check({}, command(script(`const fs = require("fs"); ${text}`), { report }));
      expect(ran(checked).tests).toEqual([]);
      tails[attempt] = ran(checked).outputTail.replace("its report could not be read: ", "");
    }

    expect(tails).toEqual({
      link: "out.xml: it lies outside the checkout, or leads there by a link",
      folder: "d/secret.xml: it lies outside the checkout, or leads there by a link",
      pipe: "out.xml: it is not a file",
      large: "out.xml: it has 62914560 bytes; at most 52428800 are read",
    });
  });
});

describe("a check that comes to no verdict", () => {
  it("hangs: it is told how long it was waited for", async () => {
    const checkout = await checkoutWith({});
    const hang = command(script('console.log("begun"); setInterval(() => {}, 1000)'));

    const checked = await checks.run(checkout, hang, { ...limits, wallMs: 900 }, never);

    expect(checked).toEqual({
      kind: "could-not-run",
      reason: expect.stringMatching(/^check command did not end within 900 ms: node -e /),
      outputTail: "begun",
    });
  });

  it("does not start: the program and a remedy are named", async () => {
    expect(await check({}, command(["no-such-runner"]))).toEqual({
      kind: "could-not-run",
      reason: expect.stringMatching(
        /^check command: starting no-such-runner: no program of that name .*install it/,
      ),
      outputTail: "",
    });
  });

  it("is stopped", async () => {
    const checkout = await checkoutWith({});

    expect(await checks.run(checkout, command(script("")), limits, AbortSignal.abort())).toMatchObject({
      kind: "could-not-run",
      reason: expect.stringContaining("was stopped"),
    });
  });

  it("has a checkout that is gone", async () => {
    const checkout = { dir: join(home, "gone"), at: "a".repeat(40), repository: "shop" };

    expect(await checks.run(checkout, command(["true"]), limits, never)).toMatchObject({
      kind: "could-not-run",
      reason: expect.stringContaining("gone"),
    });
  });

  it("is ended by a signal: it ran, without an exit status, and is not green", async () => {
    const checked = await check({}, command(script('process.kill(process.pid, "SIGKILL")')));

    expect(ran(checked)).toEqual({ tests: [], exit: null, outputTail: "" });
    expect(isGreen(ran(checked))).toBe(false);
  });
});

describe("setup", () => {
  const count = script('require("fs").appendFileSync("setups", "x")');
  const show = script('console.log(require("fs").readFileSync("setups", "utf8"))');

  it("is done once in a checkout, and again in one made anew at the same place", async () => {
    const checkout = await checkoutWith({});
    const wish = command(show, { setup: count });
    const tails = [];
    tails.push(ran(await checks.run(checkout, wish, limits, never)).outputTail);
    tails.push(ran(await checks.run(checkout, wish, limits, never)).outputTail);
    await rename(checkout.dir, `${checkout.dir}-old`);
    await mkdir(checkout.dir);
    tails.push(ran(await checks.run(checkout, wish, limits, never)).outputTail);
    await rm(`${checkout.dir}-old`, { recursive: true });

    expect(tails).toEqual(["x", "x", "x"]);
  });

  it("that fails is told with its output, and the command is not run", async () => {
    const setup = script('console.error("no registry"); process.exitCode = 7');

    expect(await check({}, command(["no-such-runner"], { setup }))).toEqual({
      kind: "could-not-run",
      reason: expect.stringMatching(
        /^setup ended with exit 7: node -e .*it had no network: set `network: true`/,
      ),
      outputTail: "no registry",
    });
  });
});

describe("borrowing", () => {
  const show = script('console.log(require("fs").readFileSync("mods/a.txt", "utf8"))');

  it("leaves what the checkout has of its own", async () => {
    const source = await checkoutWith({ "a.txt": "borrowed" });

    const own = await check({ "mods/a.txt": "own" }, command(show, { borrow: { mods: source.dir } }));
    const none = await check({}, command(show, { borrow: { mods: source.dir } }));

    expect([ran(own).outputTail, ran(none).outputTail]).toEqual(["own", "borrowed"]);
    expect(existsSync(join(source.dir, "a.txt"))).toBe(true);
  });

  it("takes over a link that a killed check left", async () => {
    const source = await checkoutWith({ "a.txt": "borrowed" });
    const checkout = await checkoutWith({});
    await symlink(source.dir, join(checkout.dir, "mods"));

    const checked = await checks.run(
      checkout,
      command(show, { borrow: { mods: source.dir } }),
      limits,
      never,
    );

    expect(ran(checked).outputTail).toBe("borrowed");
    expect(readdirSync(checkout.dir)).toEqual([]);
  });

  it("leaves what the command put in the place of the link", async () => {
    const source = await checkoutWith({ "a.txt": "borrowed" });
    const checkout = await checkoutWith({});
    const replace = script('const fs = require("fs"); fs.unlinkSync("mods"); fs.mkdirSync("mods")');

    await checks.run(checkout, command(replace, { borrow: { mods: source.dir } }), limits, never);

    expect(lstatSync(join(checkout.dir, "mods")).isDirectory()).toBe(true);
  });

  it("says what it could not borrow, and makes no link outside the checkout", async () => {
    const checkout = await checkoutWith({});
    await symlink(home, join(checkout.dir, "out"));
    const wishes = {
      mods: join(home, "absent"),
      "../mods": home,
      "out/mods": home,
      "no/such/mods": home,
      relative: "./here",
    };
    warnings.length = 0;

    await checks.run(checkout, command(script(""), { borrow: wishes }), limits, never);

    expect(warnings.map((warning) => warning.replaceAll(home, "HOME"))).toEqual([
      "borrowing mods: HOME/absent is not there; install it in your own checkout first",
      "borrowing ../mods: the path must lie inside the checkout",
      "borrowing out/mods: its folder leads out of the checkout by a link",
      "borrowing no/such/mods: this commit has no folder no/such",
      "borrowing relative: its source ./here must be an absolute path",
    ]);
    expect(existsSync(join(home, "mods"))).toBe(false);
  });
});

it("gives a check command's digest to what changes its results, and to nothing else", () => {
  const base = command(["npm", "test"]);
  const others = [
    command(["npm", "t"]),
    command(["npm", "test"], { setup: ["npm", "ci"] }),
    command(["npm", "test"], { report: "out.xml" }),
    command(["npm", "test"], { network: true }),
  ];

  expect(new Set([base, ...others].map(checks.digest)).size).toBe(5);
  expect(checks.digest({ ...base, borrow: { node_modules: "/x" } })).toBe(checks.digest(base));
});

it("lets the program write in the checkout and its report's folder only", async () => {
  const programs: Program[] = [];
  const watched = openChecks({
    log,
    run: async (program) => {
      programs.push(program);
      return { kind: "exited", exit: 0, output: "", isCut: false, ms: 5 };
    },
  });
  const checkout = await checkoutWith({});

  const checked = await watched.run(checkout, command(["pytest", "-q"]), limits, never);

  expect(checked).toEqual({ kind: "ran", report: { tests: [], exit: 0, outputTail: "" }, ms: 5 });
  const [folder] = programs[0]?.writable ?? [];
  expect(programs).toEqual([
    {
      argv: ["pytest", "-q"],
      cwd: checkout.dir,
      env: { PYTEST_ADDOPTS: `--junitxml='${folder}/pytest.xml' -o junit_family=xunit1` },
      wallMs: 60_000,
      outputBytesMax: 1_000_000,
      network: false,
      readable: [],
      writable: [folder],
    },
  ]);
  expect(existsSync(folder ?? "")).toBe(false);
});
