import { expect, test } from "vitest";
import { git, newCommit, openWorld, put, type World } from "./world.ts";

/** Two sides that change the same line of one file, and another file each. */
async function twoSides(world: World): Promise<{ ours: string; theirs: string }> {
  await put(world.work, { "CHANGES.md": "# Changes\n\n- first\n", "a.txt": "a\n" });
  git(world.work, "add", "-A");
  git(world.work, "commit", "-q", "-m", "base");
  const base = git(world.work, "rev-parse", "HEAD");
  const sides: string[] = [];
  for (const [name, entry] of [
    ["ours", "- mine"],
    ["theirs", "- yours"],
  ] as const) {
    git(world.work, "checkout", "-q", "-b", name, base);
    await put(world.work, { "CHANGES.md": `# Changes\n\n- first\n${entry}\n`, [`${name}.txt`]: `${name}\n` });
    git(world.work, "add", "-A");
    git(world.work, "commit", "-q", "-m", name);
    sides.push(git(world.work, "rev-parse", "HEAD"));
  }
  git(world.work, "push", "-q", "origin", "ours", "theirs");
  await world.code.fetch(world.repository);
  return { ours: sides[0] ?? "", theirs: sides[1] ?? "" };
}

test("takes the target in with a given text where git cannot merge, and as git does elsewhere", async () => {
  const world = await openWorld();
  const { ours, theirs } = await twoSides(world);
  const name = world.repository.name;
  const text = "# Changes\n\n- first\n- yours\n- mine\n";
  const wish = { head: ours, target: theirs, files: [{ path: "CHANGES.md", text }] };

  const head = await world.code.resolveMerge(name, wish, newCommit("Take main in"));

  expect(await world.code.resolveMerge(name, wish, newCommit("Take main in"))).toBe(head);
  expect(await world.code.read(name, head, "CHANGES.md", 1000)).toBe(text);
  expect((await world.code.list(name, head, "")).sort()).toEqual(
    expect.arrayContaining(["CHANGES.md", "a.txt", "ours.txt", "theirs.txt"]),
  );
  expect(await world.code.contains(name, ours, head)).toBe(true);
  expect(await world.code.mergeAll(name, [{ ours: theirs, theirs: head }])).toMatchObject([
    { kind: "clean" },
  ]);
});

test("refuses to leave a file as git left it, half merged", async () => {
  const world = await openWorld();
  const { ours, theirs } = await twoSides(world);
  const wish = { head: ours, target: theirs, files: [] };
  await expect(
    world.code.resolveMerge(world.repository.name, wish, newCommit("Take main in")),
  ).rejects.toThrow("nothing says what becomes of CHANGES.md");
});
