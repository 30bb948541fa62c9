// A maker: reads the prompt from standard input, and takes the whitespace errors out of the files that its finding names.
// It shows all that a maker needs: it gets a prompt and a working directory, changes files there, and exits 0.
import { lstat, readFile, realpath, writeFile } from "node:fs/promises";
import { isAbsolute, relative, resolve, sep } from "node:path";
import { text } from "node:stream/consumers";

const finding = findingIn(await text(process.stdin));
if (finding === null) {
  process.stderr.write("tidy: the prompt has no ```json block with a finding and its paths\n");
  process.exit(2);
}
const root = await realpath(process.cwd());
for (const path of new Set(finding.paths)) process.stdout.write(`${await tidy(path)}\n`);

/** The first JSON block of the prompt that holds a finding with paths; the blocks of the instructions before it do not. */
function findingIn(prompt) {
  for (const [, block] of prompt.matchAll(/^```json[^\S\n]*\r?\n([\s\S]*?)^```/gm)) {
    const found = parse(block)?.finding;
    if (Array.isArray(found?.paths) && found.paths.every((path) => typeof path === "string")) return found;
  }
  return null;
}

function parse(block) {
  try {
    return JSON.parse(block);
  } catch {
    // Not every JSON block in a prompt is JSON; only one of them is the finding.
    return null;
  }
}

/** Says in one line what became of a file. */
async function tidy(path) {
  const name = JSON.stringify(path);
  const file = resolve(root, path);
  if (!isInside(file)) return `${name}: left alone, it is outside the working directory`;
  const stats = await lstat(file).catch(() => null);
  if (stats === null) return `${name}: left alone, it does not exist`;
  if (!stats.isFile()) return `${name}: left alone, it is not a plain file`;
  // A linked folder on the way would lead out although the name does not.
  if ((await realpath(file)) !== file) return `${name}: left alone, a link is on the way to it`;
  // One character a byte, so that bytes that are not UTF-8 come back as they were.
  const before = await readFile(file, "latin1");
  if (before.includes("\0")) return `${name}: left alone, it is binary`;
  const after = withoutWhitespaceErrors(before);
  if (after === before) return `${name}: was tidy`;
  await writeFile(file, after, "latin1");
  return `${name}: tidied`;
}

/** Line by line, because a pattern over the whole text takes for ever on a long run of blanks. */
function withoutWhitespaceErrors(content) {
  const lines = content.split("\n").map((line) => {
    const ending = line.endsWith("\r") ? "\r" : "";
    let end = line.length - ending.length;
    while (end > 0 && (line[end - 1] === " " || line[end - 1] === "\t")) end -= 1;
    return line.slice(0, end) + ending;
  });
  while (lines.length > 1 && lines.at(-1) === "" && (lines.at(-2) === "" || lines.at(-2) === "\r"))
    lines.splice(-2, 1);
  return lines.join("\n");
}

function isInside(file) {
  const way = relative(root, file);
  const isOut = way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way);
  return !isOut && !way.split(sep).includes(".git");
}
