import { expect, it } from "vitest";
import { recogniseRunner } from "../../../src/adapters/checks/recognise-runner.ts";

const words = (command: string): string[] => command.split(" ");

const scripts = {
  test: "npm run lint && npm run unit",
  lint: "biome check .",
  unit: "vitest run --coverage",
  node: "c8 node --test test/*.js",
  both: "node --test && jest",
  first: "vitest run && biome check .",
  tap: "node --test --test-reporter=tap",
  file: "vitest run --reporter=junit --outputFile=out.xml",
  py: "python3 -m pytest tests",
  self: "npm run self",
  env: "cross-env TZ=UTC npx jest --ci",
};

const seen = (command: string): string => {
  const { isNode, isPytest, atEnd } = recogniseRunner(words(command), scripts);
  const asked = atEnd === undefined ? [] : [[atEnd.runner, ...atEnd.prefix].join(" ")];
  return [...(isNode ? ["node"] : []), ...(isPytest ? ["pytest"] : []), ...asked].join(", ");
};

it("finds the runner behind a command and how its arguments arrive there", () => {
  const commands = [
    "vitest run",
    "npx vitest run a.test.ts",
    "node_modules/.bin/jest",
    "node node_modules/vitest/vitest.mjs run",
    "node --test",
    "/usr/bin/node --test test",
    "pytest -q",
    "python3.12 -m pytest",
    "uv run pytest",
    "npm test",
    "npm t",
    "npm run unit",
    "npm run unit -- a.test.ts",
    "npm run -s unit",
    "yarn unit",
    "pnpm run unit",
    "pnpm vitest run",
    "npm run node",
    "npm run both",
    "npm run py",
    "npm run env",
  ];

  expect(Object.fromEntries(commands.map((command) => [command, seen(command)]))).toEqual({
    "vitest run": "vitest",
    "npx vitest run a.test.ts": "vitest",
    "node_modules/.bin/jest": "jest",
    "node node_modules/vitest/vitest.mjs run": "vitest",
    "node --test": "node",
    "/usr/bin/node --test test": "node",
    "pytest -q": "pytest",
    "python3.12 -m pytest": "pytest",
    "uv run pytest": "pytest",
    "npm test": "vitest -- --",
    "npm t": "vitest -- --",
    "npm run unit": "vitest --",
    "npm run unit -- a.test.ts": "vitest",
    "npm run -s unit": "vitest --",
    "yarn unit": "vitest",
    "pnpm run unit": "vitest",
    "pnpm vitest run": "vitest",
    "npm run node": "node",
    "npm run both": "node, jest --",
    "npm run py": "pytest",
    "npm run env": "jest --",
  });
});

it("asks nothing of a runner that it cannot reach, that was asked already, or that it does not know", () => {
  for (const command of [
    "npm run first",
    "npm run tap",
    "npm run file",
    "npm run self",
    "npm run absent",
    "npm",
    "make test",
    "cargo test",
    "vitest list",
  ])
    expect([command, seen(command)]).toEqual([command, ""]);
});
