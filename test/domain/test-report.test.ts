import { expect, test } from "vitest";
import { isGreen, type TestResult, testStatus } from "../../src/domain/test-report.ts";

const result = (id: string, status: TestResult["status"], file = "test/cart.js"): TestResult => ({
  id,
  name: id,
  file,
  status,
  message: "",
});
const report = (tests: TestResult[], exit = 0) => ({ tests, exit, outputTail: "" });

test("a file that did not load has passed once its own tests are there", () => {
  expect(testStatus(report([result("test/cart.js", "failed")], 1), "test/cart.js")).toBe("failed");
  expect(testStatus(report([result("test/cart.js › adds", "failed")], 1), "test/cart.js")).toBe("passed");
  expect(testStatus(report([]), "test/cart.js")).toBe("absent");
});

test("a command is green when it ends with 0 and nothing in its report failed", () => {
  expect(isGreen(report([result("a", "passed"), result("b", "skipped")]))).toBe(true);
  expect(isGreen(report([result("a", "failed")]))).toBe(false);
  expect(isGreen(report([result("a", "passed")], 1))).toBe(false);
});
