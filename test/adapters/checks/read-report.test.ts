import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { printedReport, readReport } from "../../../src/adapters/checks/read-report.ts";
import type { Place } from "../../../src/adapters/checks/test-names.ts";

const place: Place = {
  roots: ["/repo"],
  isFile: (path) => ["a.test.ts", "b.test.ts", "tests/test_a.py", "tests/test_b.py"].includes(path),
};

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/reports/${name}`, import.meta.url), "utf8");

function read(text: string) {
  const found = readReport(text, place);
  if (found.kind === "unreadable") throw new Error(found.why);
  return found.tests;
}

/** `status id` and, of failures, the message's first line. */
const lines = (text: string): string[] =>
  read(text).map(({ status, id, message }) =>
    status === "failed" ? `failed ${id}: ${message.split("\n")[0]}` : `${status} ${id}`,
  );

const why = (text: string): string => {
  const found = readReport(text, place);
  return found.kind === "unreadable" ? found.why : `read ${found.tests.length}`;
};

describe("a report written by a real runner", () => {
  it("node:test JUnit: nested suites, tests without a suite, a file that does not load", () => {
    expect(lines(fixture("node-junit.xml"))).toEqual([
      "passed top",
      "failed top #2: bad at a.test.mjs",
      "failed b.test.mjs: test failed",
      "failed cart › totals › adds: 1 == 2",
      "passed cart › totals › ok",
      "skipped cart › totals › later",
      "skipped cart › totals › td",
      expect.stringMatching(/^failed parent › child: Expected values to be loosely deep-equal/),
    ]);
  });

  it("node:test TAP", () => {
    expect(lines(fixture("node.tap"))).toEqual([
      "failed cart › totals › adds: 1 == 2",
      "passed cart › totals › ok",
      "skipped cart › totals › later",
      "skipped cart › totals › td",
      "passed top",
      "failed top #2: bad at a.test.mjs",
      "failed parent › child: Expected values to be loosely deep-equal:",
      "failed b.test.mjs: test failed",
    ]);
  });

  it("vitest JUnit", () => {
    expect(lines(fixture("vitest-junit.xml"))).toEqual([
      "failed a.test.ts › cart › totals › adds: expected 1 to be 2 // Object.is equality",
      "passed a.test.ts › cart › totals › a › b",
      "skipped a.test.ts › cart › totals › later",
      "skipped a.test.ts › cart › totals › td",
      "passed a.test.ts › top",
      "failed a.test.ts › top #2: bad",
      "failed b.test.ts: load",
    ]);
  });

  it("vitest JSON", () => {
    expect(lines(fixture("vitest.json"))).toEqual([
      "failed a.test.ts › cart › totals › adds: AssertionError: expected 1 to be 2 // Object.is equality",
      "passed a.test.ts › cart › totals › a > b",
      "skipped a.test.ts › cart › totals › later",
      "skipped a.test.ts › cart › totals › td",
      "passed a.test.ts › top",
      "failed a.test.ts › top #2: Error: bad",
      "failed b.test.ts: load",
    ]);
  });

  it("jest JSON", () => {
    expect(lines(fixture("jest.json"))).toEqual([
      "failed a.test.js › cart › totals › adds: Error: expect(received).toBe(expected) // Object.is equality",
      "skipped a.test.js › cart › totals › later",
      "skipped a.test.js › cart › totals › td",
      "passed a.test.js › top",
      "failed a.test.js › throws: Error: bad",
      "failed b.test.js: ● Test suite failed to run",
    ]);
  });

  it("jest-junit, which names no file and repeats the suite in each name", () => {
    expect(lines(fixture("jest-junit.xml"))).toEqual([
      "failed cart › totals adds: Error: expect(received).toBe(expected) // Object.is equality",
      "skipped cart › totals later",
      "passed cart › totals td",
      "passed cart › top",
      "failed cart › throws: Error: bad",
    ]);
  });

  const pytest = [
    "failed tests/test_a.py › TestCart › test_adds: assert 1 == 2",
    "passed tests/test_a.py › TestCart › test_p[1]",
    "passed tests/test_a.py › TestCart › test_p[a b]",
    "skipped tests/test_a.py › test_skip",
    "skipped tests/test_a.py › test_xf",
    'failed tests/test_a.py › test_err: failed on setup with "RuntimeError: fix"',
  ];

  it("pytest, whether it names the file or only the module", () => {
    expect(lines(fixture("pytest-xunit1.xml"))).toEqual(pytest);
    expect(lines(fixture("pytest-xunit2.xml"))).toEqual(pytest);
  });

  it("pytest, when a file does not load", () => {
    expect(lines(fixture("pytest-collection-error.xml"))).toEqual([
      "failed tests/test_b.py: collection failure",
    ]);
  });

  it("CTRF", () => {
    expect(lines(fixture("ctrf.json"))).toEqual([
      "failed a.test.ts › cart › totals › adds: expected 1 to be 2",
      "passed a.test.ts › cart › tops",
      "skipped later",
      "skipped what",
    ]);
  });
});

describe("a test in a report", () => {
  it("tells its file and its name apart", () => {
    expect(read(fixture("vitest.json"))[0]).toMatchObject({
      id: "a.test.ts › cart › totals › adds",
      name: "cart › totals › adds",
      file: "a.test.ts",
    });
  });

  it("has no file when that lies outside the checkout", () => {
    const report = JSON.stringify({
      results: { tests: [{ name: "x", status: "passed", filePath: "/else/a.ts" }] },
    });

    expect(read(report)).toEqual([{ id: "x", name: "x", status: "passed", message: "" }]);
  });

  it("has a message without terminal codes, control characters and this machine's paths, of at most 4,000 characters", () => {
    const message = `\u001b[31mred\u001b[39m \u0000\u0007 at file:///repo/src/a.ts and /repo/b in /repo\n${"x".repeat(5_000)}`;
    const report = JSON.stringify({ results: { tests: [{ name: "n", status: "failed", message }] } });

    const [test] = read(report);

    expect(test?.message.slice(0, 33)).toBe("red  at src/a.ts and b in .\nxxxxx");
    expect(test?.message).toHaveLength(4_000);
  });

  it("has a name on one line", () => {
    const report = JSON.stringify({ results: { tests: [{ name: " a\n\tb\u001b[1mc ", status: "passed" }] } });

    expect(read(report)[0]?.id).toBe("a bc");
  });

  it("is skipped, not passed, whichever way JUnit says so", () => {
    const report =
      '<testsuite name="s"><testcase name="a"><skipped/></testcase><testcase name="b" status="notrun"/><testcase name="c"/></testsuite>';

    expect(lines(report)).toEqual(["skipped s › a", "skipped s › b", "passed s › c"]);
  });

  it("is failed by an error as by a failure, with its text when there is no message", () => {
    const report =
      '<testsuite name="s"><testcase name="a"><error><![CDATA[boom <&amp;>]]></error></testcase><testcase name="b"><failure>b &lt;&#38;&#x41;&gt;</failure></testcase></testsuite>';

    expect(lines(report)).toEqual(["failed s › a: boom <&amp;>", "failed s › b: b <&A>"]);
  });

  it("is named with its class when that says more than the suite", () => {
    const report =
      '<testsuite name="com.shop.CartTest"><testcase classname="com.shop.CartTest" name="adds"/></testsuite>';
    const other = '<testsuite name="all"><testcase classname="com.shop.CartTest" name="adds"/></testsuite>';

    expect([...lines(report), ...lines(other)]).toEqual([
      "passed com.shop.CartTest › adds",
      "passed all › com.shop.CartTest › adds",
    ]);
  });
});

describe("a report that cannot be read", () => {
  it("is told with the place: cut off, wrongly nested", () => {
    expect(why('<testsuites>\n<testsuite name="a">\n<testcase')).toMatch(/^line \d+: /);
    expect(why("<testsuites><testsuite></testsuites>")).toMatch(/^line 1: Expected closing tag 'testsuite'/);
  });

  it("is told when it is of no known format", () => {
    expect([why(""), why("hello"), why("<html></html>"), why("{}"), why('{"results":{}}'), why("{")]).toEqual(
      [
        "it is empty",
        "it is none of JUnit XML, CTRF, jest or vitest JSON, TAP",
        "it has no <testsuites> and no <testsuite>",
        "it has neither `testResults` (jest, vitest) nor `results` (CTRF)",
        expect.stringContaining("tests"),
        expect.stringContaining("JSON"),
      ],
    );
  });

  it("is refused when it declares entities, and expands none", () => {
    const bomb = `<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY b${i} "${`&b${i - 1};`.repeat(10)}">`).join("")}]><testsuites><testcase name="&b8;"/></testsuites>`;
    const file =
      '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><testsuites><testcase name="&f;"/></testsuites>';

    expect([why(bomb), why(file)]).toEqual([
      "it declares a DOCTYPE, which a JUnit report does not need; it is not read",
      "it declares a DOCTYPE, which a JUnit report does not need; it is not read",
    ]);
    expect(lines('<testsuites><testcase name="&f; &#99999999; &amp;"/></testsuites>')).toEqual([
      "passed &f; &#99999999; &",
    ]);
  });

  it("does not take long, however it is made", () => {
    const started = performance.now();
    const message = "\n".repeat(200_000);
    const hostile = [
      `${"<!-- -->".repeat(20_000)}<a/>`,
      `<testsuite><testcase name="a"><failure>${message}</failure></testcase></testsuite>`,
      `<testsuite><testcase classname="${"a.".repeat(100_000)}" name="a"/></testsuite>`,
      JSON.stringify({ results: { tests: [{ name: "a", status: "failed", trace: message }] } }),
      `TAP version 13\n${"not ok 1 - a\n  ---\n".repeat(20_000)}`,
    ];
    for (const text of hostile) readReport(text, place);
    for (const text of ["<testsuite ".repeat(50_000), `"results":${"\n{".repeat(50_000)}`])
      printedReport(text);

    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("is refused when its suites are nested without end", () => {
    const deep = `${"<testsuite>".repeat(5_000)}${"</testsuite>".repeat(5_000)}`;

    expect(why(deep)).not.toMatch(/^read/);
  });
});

describe("a report among other output", () => {
  it("is found: JUnit, JSON, TAP", () => {
    const xml = '<testsuites>\n<testcase name="a"/></testsuites>';
    const json = '{"results":{"tests":[{"name":"b","status":"passed"}]}}';

    expect(
      [
        `> test\n<?xml version="1.0"?>\n${xml}\ndone`,
        `> test\n${json}\n`,
        "> test\n\nTAP version 13\nok 1 - c\n1..1\n",
      ]
        .map((output) => printedReport(output) ?? "")
        .flatMap(lines),
    ).toEqual(["passed a", "passed b", "passed c"]);
  });

  it("is not found in output that is no report", () => {
    expect(printedReport("ok 1 file copied\nall is well")).toBeNull();
  });
});
