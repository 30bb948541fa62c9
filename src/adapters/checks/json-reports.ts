import { z } from "zod";
import type { TestStatus } from "../../domain/test-report.ts";
import { withoutStack } from "./junit.ts";
import type { ToldTest } from "./test-names.ts";

/** The JSON reporters of jest and vitest: one shape. */
const jest = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Common Test Report Format, https://ctrf.io. */
const ctrf = z.object({
  results: z.object({
    tests: z.array(
      z.object({
        name: z.string(),
        status: z.string(),
        message: z.string().nullish(),
        trace: z.string().nullish(),
        suite: z.union([z.string(), z.array(z.string())]).nullish(),
        filePath: z.string().nullish(),
      }),
    ),
  }),
});

/** Reads CTRF and the JSON of jest and vitest. Throws an Error that says what is wrong. */
export function readJsonReport(text: string): ToldTest[] {
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "testResults" in value)
    return fromJest(jest.parse(value));
  if (typeof value === "object" && value !== null && "results" in value) return fromCtrf(ctrf.parse(value));
  throw new Error("it has neither `testResults` (jest, vitest) nor `results` (CTRF)");
}

function fromJest({ testResults }: z.infer<typeof jest>): ToldTest[] {
  return testResults.flatMap(({ name: file, status, message, assertionResults }) => {
    const tests = assertionResults.map((test) => ({
      file,
      names: [...test.ancestorTitles, test.title],
      status: statusOf(test.status),
      message: withoutStack(test.failureMessages?.[0] ?? ""),
    }));
    const isToldByTest = tests.some((test) => test.status === "failed");
    if (status !== "failed" || isToldByTest) return tests;
    // The file did not load, or a hook of the whole file failed: no test of it tells of that.
    return [...tests, { file, names: [], status: "failed" as const, message: message ?? "" }];
  });
}

function fromCtrf({ results }: z.infer<typeof ctrf>): ToldTest[] {
  return results.tests.map((test) => {
    const file = test.filePath ?? undefined;
    const suites = typeof test.suite === "string" ? test.suite.split(" > ") : (test.suite ?? []);
    return {
      ...(file === undefined ? {} : { file }),
      names: [...suites.filter((suite) => file === undefined || !file.endsWith(suite)), test.name],
      status: statusOf(test.status),
      message: test.message ?? withoutStack(test.trace ?? ""),
    };
  });
}

/** Whatever is neither passed nor failed did not run: pending, todo, skipped, disabled, other. */
const statusOf = (status: string): TestStatus =>
  status === "passed" || status === "failed" ? status : "skipped";
