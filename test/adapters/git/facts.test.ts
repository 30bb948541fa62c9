import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { git, openWorld } from "./world.ts";

/** Names that git accepts and that a shell, a terminal or a line-wise reader would trip over. */
const hostile = [
  "-rf",
  "--output=x",
  `a;touch$${"{IFS}"}x`,
  "x$(id)",
  "a`id`",
  "a'b",
  'a"b',
  "a&&b",
  "a|b",
  "new\nline",
  "tab\there",
  "with space",
  " lead",
  "back\\slash",
  "\u202Egpj.exe",
  "grün.txt",
  ":(glob)*",
  "*",
  "[a]",
  "a:1: trailing whitespace.",
  "@{upstream}",
  "dir with 'q'/-x",
];

test("hostile names go through facts, list, read, diff and import as they are", async () => {
  const { code, repository, commit } = await openWorld();
  const base = (await code.fetch(repository)).target;
  const files = Object.fromEntries(hostile.map((name) => [name, `${name} \n`]));
  const made = await code.checkout("shop", base, "x", "loom/a/r-1");
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(made.dir, "dir with 'q'"), { recursive: true });
    writeFileSync(join(made.dir, name), text);
  }
  const message = { message: "x", author: { name: "a", email: "a@b" }, at: new Date(0) };
  const imported = await code.importCheckout(made, message);
  const head = await commit(files);
  await code.fetch(repository);
  expect(imported.kind).toBe("changed");
  if (imported.kind !== "changed") return;
  const sorted = [...hostile].sort();
  for (const at of [head, imported.head]) {
    const facts = await code.facts("shop", base, at);
    expect(facts.files.map((file) => file.path).sort()).toEqual(sorted);
    expect(facts.files.every((file) => file.added >= 1 && file.status === "added")).toBe(true);
    expect((await code.list("shop", at, "")).sort()).toEqual([...hostile, "a.txt"].sort());
    for (const name of hostile) expect(await code.read("shop", at, name, 1000)).toBe(`${name} \n`);
    const problems = await code.diffProblems("shop", base, at);
    expect([...new Set(problems.map((p) => p.path))].sort()).toEqual(sorted);
    expect(problems.every((p) => p.problem === "trailing whitespace")).toBe(true);
  }
  expect((await code.diff("shop", base, head, 1e6)).text).toContain("grün.txt");
});

test("a name that is no UTF-8 has one text, by which it is read again", async () => {
  const { code, repository, work } = await openWorld();
  const name = Buffer.from("caf\xe9.txt", "latin1");
  writeFileSync(Buffer.concat([Buffer.from(`${work}/`), name]), "x\n");
  git(work, "add", "-A");
  git(work, "commit", "-q", "-m", "x");
  git(work, "push", "-q", "origin", "main");
  const { target } = await code.fetch(repository);
  const paths = await code.list("shop", target, "");
  expect(paths).toContain('"caf\\351.txt"');
  expect(await code.read("shop", target, '"caf\\351.txt"', 100)).toBe("x\n");
});

test("lists under a folder only, without submodules, and never above the root", async () => {
  const { code, repository, work } = await openWorld({
    "d/a": "1",
    "d/e/b": "2",
    d2: "3",
    ".loom/issues/x y.md": "4",
  });
  git(work, "update-index", "--add", "--cacheinfo", `160000,${"1".repeat(40)},d/sub`);
  git(work, "commit", "-q", "-m", "sub");
  git(work, "push", "-q", "origin", "main");
  const { target } = await code.fetch(repository);
  expect(await code.list("shop", target, "d")).toEqual(["d/a", "d/e/b"]);
  expect(await code.list("shop", target, "d/")).toEqual(["d/a", "d/e/b"]);
  expect(await code.list("shop", target, ".loom/issues")).toEqual([".loom/issues/x y.md"]);
  expect(await code.list("shop", target, "nothing")).toEqual([]);
  expect(await code.list("shop", target, "../d")).toEqual([]);
});

test("reads text within the limit, and no folder, link, submodule or binary", async () => {
  const { code, repository, work } = await openWorld({
    "a.txt": "grün\n",
    "d/x": "x",
    bin: Buffer.from([1, 0, 2]),
  });
  execFileSync("ln", ["-s", "/etc/passwd", join(work, "link")]);
  git(work, "add", "-A");
  git(work, "commit", "-q", "-m", "link");
  git(work, "push", "-q", "origin", "main");
  const { target } = await code.fetch(repository);
  const read = (path: string, bytesMax = 100): Promise<string | null> =>
    code.read("shop", target, path, bytesMax);
  expect(await read("a.txt")).toBe("grün\n");
  expect(await read("a.txt", 6)).toBe("grün\n");
  expect(await read("a.txt", 5)).toBeNull();
  for (const path of ["d", "bin", "link", "none", "", "../a.txt", "/etc/passwd", "a.txt/"])
    expect(await read(path)).toBeNull();
});

test("facts name renames, types, binaries, counts, blobs and authors", async () => {
  const lines = Array.from({ length: 30 }, (_, n) => `line ${n}\n`).join("");
  const { code, repository, work, commit } = await openWorld({
    "old.txt": lines,
    "m.txt": "1\n2\n",
    bin: Buffer.from([0]),
  });
  const base = git(work, "rev-parse", "HEAD");
  execFileSync("ln", ["-s", "x", join(work, "t")]);
  await commit({ "gone.txt": "x\n" });
  git(
    work,
    "-c",
    "user.name=Bo",
    "commit",
    "-q",
    "--allow-empty",
    "--author=Bo <bo@example.org>",
    "-m",
    "bo",
  );
  execFileSync("rm", [join(work, "t")]);
  const head = await commit({
    ...{ "old.txt": null, "dir/new.txt": `${lines}more\n`, "m.txt": "1\n3\n4\n", bin: Buffer.from([0, 1]) },
    ...{ t: "file\n", "gone.txt": null },
  });
  await code.fetch(repository);
  const facts = await code.facts("shop", base, head);
  const byPath = Object.fromEntries(facts.files.map((file) => [file.path, file]));
  expect(byPath["dir/new.txt"]).toMatchObject({ from: "old.txt", status: "renamed", added: 1, removed: 0 });
  expect(byPath["dir/new.txt"]?.before).toBe(git(work, "rev-parse", `${base}:old.txt`));
  expect(byPath["m.txt"]).toMatchObject({ status: "modified", added: 2, removed: 1, isBinary: false });
  expect(byPath["bin"]).toMatchObject({ isBinary: true, added: 0, removed: 0 });
  expect(byPath["t"]).toMatchObject({ status: "added", before: null });
  expect(Object.keys(byPath)).toHaveLength(4);
  expect(facts.tree).toBe(git(work, "rev-parse", "HEAD^{tree}"));
  expect(facts.authorEmails.sort()).toEqual(["ada@example.org", "bo@example.org"]);
  const parent = git(work, "rev-parse", "HEAD^");
  const last = await code.facts("shop", parent, head);
  expect(last.files.find((file) => file.path === "t")).toMatchObject({ status: "type-changed" });
  expect((await code.facts("shop", head, head)).files).toEqual([]);
});

test("the digest binds base, head, tree, repository and every byte, also white space", async () => {
  const { code, repository, work, commit } = await openWorld({ "a.py": "if x:\n    f()\ng()\n" });
  const base = git(work, "rev-parse", "HEAD");
  const one = await commit({ "a.py": "if x:\n    f()\n    g()\n" });
  git(work, "reset", "-q", "--hard", base);
  git(work, "commit", "-q", "--allow-empty", "-m", "other");
  const other = git(work, "rev-parse", "HEAD");
  git(work, "push", "-q", "origin", "HEAD:refs/heads/other");
  await code.fetch(repository);
  await code.fetch({ ...repository, name: "mill" });
  const digest = async (name: string, from: string, to: string): Promise<string> =>
    (await code.facts(name, from, to)).digest;
  const digests = [
    await digest("shop", base, one),
    await digest("mill", base, one),
    await digest("shop", base, other),
    await digest("shop", one, base),
    await digest("shop", other, one),
  ];
  expect(new Set(digests).size).toBe(5);
  expect(await digest("shop", base, one)).toBe(digests[0]);
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
});

test("a repository's attributes cannot hide a change from facts, digest or diff", async () => {
  const { code, repository, work, commit } = await openWorld({
    "a.txt": "one\n",
    ".gitattributes": "* -diff\n*.txt diff=x\n",
  });
  const base = git(work, "rev-parse", "HEAD");
  const head = await commit({ "a.txt": "two\n" });
  await code.fetch(repository);
  expect((await code.facts("shop", base, head)).files[0]).toMatchObject({
    added: 1,
    removed: 1,
    isBinary: false,
  });
  expect((await code.diff("shop", base, head, 1e5)).text).toContain("+two");
});

test("cuts a diff at the end of a line", async () => {
  const { code, repository, work, commit } = await openWorld();
  const base = git(work, "rev-parse", "HEAD");
  const head = await commit({ "big.txt": "0123456789\n".repeat(100_000) });
  await code.fetch(repository);
  const cut = await code.diff("shop", base, head, 1000);
  expect(cut.isCut).toBe(true);
  expect(cut.text.length).toBeLessThanOrEqual(1000);
  expect(cut.text.endsWith("\n")).toBe(true);
  expect((await code.diff("shop", base, head, 1e8)).isCut).toBe(false);
});

test("tells whitespace errors and conflict markers with their lines", async () => {
  const { code, repository, work, commit } = await openWorld();
  const base = git(work, "rev-parse", "HEAD");
  const head = await commit({
    "b.txt": "fine\nb.txt:9: trailing whitespace. \n<<<<<<< ours\nx\n=======\n>>>>>>> theirs\n\n\n",
    "c.txt": "c \n",
  });
  await code.fetch(repository);
  expect(await code.diffProblems("shop", base, head)).toEqual([
    { path: "b.txt", line: 2, problem: "trailing whitespace" },
    { path: "b.txt", line: 3, problem: "leftover conflict marker" },
    { path: "b.txt", line: 5, problem: "leftover conflict marker" },
    { path: "b.txt", line: 6, problem: "leftover conflict marker" },
    { path: "b.txt", line: 7, problem: "new blank line at EOF" },
    { path: "c.txt", line: 1, problem: "trailing whitespace" },
  ]);
  expect(await code.diffProblems("shop", head, head)).toEqual([]);
});
