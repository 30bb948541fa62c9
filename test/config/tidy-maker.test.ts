import { execFile } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryRoot } from "./temporary-root.ts";

const program = fileURLToPath(new URL("../../skills/tidy/tidy.mjs", import.meta.url));

/** Runs the maker in `cwd` with this prompt on its standard input. */
function tidy(cwd: string, prompt: string): Promise<{ exit: number | string; output: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [program], { cwd, timeout: 20_000 }, (error, stdout, stderr) =>
      done({ exit: error?.code ?? 0, output: stdout + stderr }),
    );
    child.stdin?.end(prompt);
  });
}

const prompt = (paths: unknown): string =>
  `# Tidy\n\n\`\`\`json\n{"example": true}\n\`\`\`\n\n\`\`\`json\n${JSON.stringify(
    { finding: { id: "f-1", title: "`x`", paths, evidence: [] } },
    null,
    2,
  )}\n\`\`\`\n\nChange files only.\n`;

test("takes blanks out of line ends and empty lines out of the file's end, and leaves the rest as it was", async () => {
  const root = await temporaryRoot({
    "src/a b.js": "const a = 1;  \n\t\n  if (a) {\t\n  }\n\n\n",
    "crlf.txt": "a \r\nb\r\n\r\n",
    "no-end.txt": "a\nb ",
    "latin.txt": Buffer.from([0xe4, 0x20, 0x0a]),
    "other.txt": "untouched \n",
  });

  const { exit, output } = await tidy(root, prompt(["src/a b.js", "crlf.txt", "no-end.txt", "latin.txt"]));

  expect(exit).toBe(0);
  expect(output).toContain('"src/a b.js": tidied');
  expect(await readFile(join(root, "src/a b.js"), "utf8")).toBe("const a = 1;\n\n  if (a) {\n  }\n");
  expect(await readFile(join(root, "crlf.txt"), "utf8")).toBe("a\r\nb\r\n");
  expect(await readFile(join(root, "no-end.txt"), "utf8")).toBe("a\nb");
  expect(await readFile(join(root, "latin.txt"))).toEqual(Buffer.from([0xe4, 0x0a]));
  expect(await readFile(join(root, "other.txt"), "utf8")).toBe("untouched \n");
});

test("leaves alone what is outside, linked, binary, absent, or git's own", async () => {
  const outside = await temporaryRoot({ "secret.txt": "x \n" });
  const root = await temporaryRoot({ "image.bin": "\0 \n", ".git/config": "x \n", "plain.txt": "tidy\n" });
  await symlink(join(outside, "secret.txt"), join(root, "link.txt"));
  await symlink(outside, join(root, "folder"));

  const paths = [
    join(outside, "secret.txt"),
    "../x",
    "link.txt",
    "folder/secret.txt",
    "image.bin",
    ".git/config",
    "gone",
    ".",
    "plain.txt",
  ];
  const { exit, output } = await tidy(root, prompt(paths));

  expect(exit).toBe(0);
  expect(
    output
      .trim()
      .split("\n")
      .map((line) => line.replace(/^.*": /, "")),
  ).toEqual([
    "left alone, it is outside the working directory",
    "left alone, it is outside the working directory",
    "left alone, it is not a plain file",
    "left alone, a link is on the way to it",
    "left alone, it is binary",
    "left alone, it is outside the working directory",
    "left alone, it does not exist",
    "left alone, it is outside the working directory",
    "was tidy",
  ]);
  expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("x \n");
});

test("a file of a million blanks takes no time", async () => {
  const root = await temporaryRoot({ "long.txt": `${" ".repeat(1_000_000)}x${"\n".repeat(1_000_000)}y\n` });

  expect(await tidy(root, prompt(["long.txt"]))).toEqual({ exit: 0, output: '"long.txt": was tidy\n' });
});

test.each([
  ["no prompt", ""],
  ["no block", "# Tidy"],
  ["a broken block", "```json\n{\n```\n"],
  ["paths that are no texts", prompt([1])],
])("says so when there is %s", async (_, text) => {
  const root = await temporaryRoot({});

  expect(await tidy(root, text)).toEqual({
    exit: 2,
    output: "tidy: the prompt has no ```json block with a finding and its paths\n",
  });
});
