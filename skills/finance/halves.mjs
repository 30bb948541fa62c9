// A maker: puts the rounding of half a cent back to what finance decided, in the working directory, and exits 0.
import { lstat, readFile, writeFile } from "node:fs/promises";

const even = `/** Whole cents, half a cent to the even one. Every price in the shop is rounded here and nowhere else. */
export function roundCents(cents) {
  const below = Math.floor(cents);
  const over = cents - below;
  if (over === 0.5) return below % 2 === 0 ? below : below + 1;
  return over < 0.5 ? below : below + 1;
}
`;

await edit("src/pricing.js", (text) =>
  text.replace(/(?:^\/\*\*.*\*\/\n)?^export function roundCents\([\s\S]*?^}\n/m, () => even),
);
await edit("test/pricing.test.js", (text) =>
  text
    .replace("assert.equal(roundCents(0.5), 1);", "assert.equal(roundCents(0.5), 0);")
    .replace("assert.equal(roundCents(2.5), 3);", "assert.equal(roundCents(2.5), 2);"),
);

/** Says in one line what became of a file. A link is left alone: it may lead out of the working directory. */
async function edit(path, change) {
  const stats = await lstat(path).catch(() => null);
  if (stats === null || !stats.isFile()) return say(path, "left alone, it is not a plain file");
  const before = await readFile(path, "utf8");
  const after = change(before);
  if (after === before) return say(path, "as finance wants it");
  await writeFile(path, after);
  say(path, "put back");
}

function say(path, what) {
  process.stdout.write(`${path}: ${what}\n`);
}
