import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Package } from "./package.ts";
import { git } from "./product.ts";

/** A project's own skills and policies, begun as a copy of those that are shipped. */
export async function copyDefinitions(shipped: Package, dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  for (const name of ["skills", "policies"])
    await cp(join(shipped.dir, name), join(dir, name), { recursive: true });
  return dir;
}

/** Replaces what stands in a file; throws when it does not stand there. */
export async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)}`);
  await writeFile(file, text.replace(from, to));
}

export interface LoopWish {
  name: string;
  repository: string;
  check: string[];
  limits?: string;
}

/** A loop that looks only at its check command. */
export async function addLoop(
  dir: string,
  { name, repository, check, limits = "{}" }: LoopWish,
): Promise<void> {
  const folder = join(dir, "skills", name);
  await mkdir(folder);
  const skill = `---\nname: ${name}\ndescription: Looks at the check of ${repository}.\n---\nLook at what fails.\n`;
  await writeFile(join(folder, "SKILL.md"), skill);
  const loop = [
    "owner: alice",
    `repository: ${repository}`,
    "cadence: manual",
    "channel: triage",
    "sources: [checks]",
    "maker: bisect",
    "checker: tests",
    `check: ${JSON.stringify(check)}`,
    `limits: ${limits}`,
  ];
  await writeFile(join(folder, "loop.yml"), `${loop.join("\n")}\n`);
}

export async function addRepository(dir: string, name: string, remote: string): Promise<void> {
  const entry = `repositories:\n  ${name}: { remote: ${JSON.stringify(remote)}, target: main, approvers: maintainers }`;
  await edit(join(dir, "policies", "org.yml"), "repositories:", entry);
}

const author = { GIT_AUTHOR_NAME: "Nia", GIT_AUTHOR_EMAIL: "nia@example.com" };
const asNia = ["-c", `user.name=${author.GIT_AUTHOR_NAME}`, "-c", `user.email=${author.GIT_AUTHOR_EMAIL}`];

/** A working repository on `main`, with these versions of its files as commits, oldest first. */
export async function makeRepository(
  dir: string,
  commits: { subject: string; files: Record<string, string> }[],
): Promise<string> {
  await mkdir(dir, { recursive: true });
  await git(dir, "init", "--quiet", "--initial-branch=main");
  for (const { subject, files } of commits) {
    for (const [path, text] of Object.entries(files)) await writeFile(join(dir, path), text);
    await git(dir, "add", "--all");
    await git(dir, ...asNia, "commit", "--quiet", "--message", subject);
  }
  return dir;
}
