import { createHash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileBytesMax } from "./yaml-file.ts";

export type FileRead =
  | { kind: "read"; label: string; content: string; bytes: Buffer }
  | { kind: "absent"; label: string }
  | { kind: "unreadable"; label: string; problem: string };

export interface SkillFolder {
  name: string;
  /** Absolute. */
  dir: string;
  skill: FileRead;
  loop: FileRead;
  problems: string[];
}

export interface FoundFiles {
  organisation: FileRead;
  /** `policies/*.cedar`, by name; those that LoomStack ships where there is none. */
  rules: FileRead[];
  /** Null when `skills/` could not be listed: then nothing is known about which loops there are. */
  folders: SkillFolder[] | null;
  problems: string[];
  /** Another one when anything that was read is another. */
  fingerprint: string;
}

export const organisationLabel = "policies/org.yml";
const foldersMax = 500;
const ruleFilesMax = 100;

/** Reads every file that defines the organisation, its rules and its loops, judging none of them. */
export async function findFiles(root: string, shippedRoot?: string): Promise<FoundFiles> {
  const organisation = await readFileOf(root, organisationLabel);
  const rules = await readRules(root, shippedRoot);
  const listing = await skillNames(root);
  const folders =
    listing.kind === "listed"
      ? await Promise.all(listing.names.map((name) => readSkillFolder(root, name)))
      : null;
  const problems = listing.kind === "listed" ? [] : [listing.problem];
  const hash = createHash("sha256").update(JSON.stringify(problems));
  for (const file of [
    organisation,
    ...rules,
    ...(folders ?? []).flatMap((folder) => [folder.skill, folder.loop]),
  ])
    hash.update(`\n${file.label}\0${file.kind}\0`).update(file.kind === "read" ? file.bytes : "");
  hash.update(JSON.stringify((folders ?? []).map((folder) => folder.problems)));
  return { organisation, rules, folders, problems, fingerprint: hash.digest("hex") };
}

async function readRules(root: string, shippedRoot: string | undefined): Promise<FileRead[]> {
  const labels = await ruleLabels(root);
  const from = labels.length === 0 && shippedRoot !== undefined ? shippedRoot : root;
  const found = from === root ? labels : (await ruleLabels(from)).filter(isForEverybody);
  if (found.length > ruleFilesMax)
    return [
      {
        kind: "unreadable",
        label: "policies",
        problem: `policies: holds ${found.length} files of rules; at most ${ruleFilesMax} are allowed`,
      },
    ];
  return Promise.all(found.map((label) => readFileOf(from, label)));
}

/** LoomStack's own folder also has the rules of its sample, which speak of the sample's zones and groups. */
const isForEverybody = (label: string): boolean => /^policies\/\d\d-/.test(label);

async function ruleLabels(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "policies")).catch(codeOf);
  if (typeof entries === "string") return [];
  return entries
    .filter((name) => name.endsWith(".cedar") && !name.startsWith("."))
    .map((name) => `policies/${name}`)
    .sort();
}

/** Sizes and times of the same files: cheap enough to ask every few seconds, for file systems that notify nobody. */
export async function filesSignature(root: string): Promise<string> {
  const listing = await skillNames(root);
  const names = listing.kind === "listed" ? listing.names : [];
  const labels = [
    organisationLabel,
    ...(await ruleLabels(root)),
    ...names.flatMap((name) => [`skills/${name}/SKILL.md`, `skills/${name}/loop.yml`]),
  ];
  const marks = await Promise.all(
    labels.map(async (label) => {
      const found = await stat(join(root, label)).catch(codeOf);
      return typeof found === "string" ? found : `${found.ino}:${found.size}:${found.mtimeMs}`;
    }),
  );
  return JSON.stringify([labels, marks]);
}

/** Folders whose direct entries are the definitions. */
export async function definitionFolders(root: string): Promise<string[]> {
  const listing = await skillNames(root);
  const names = listing.kind === "listed" ? listing.names : [];
  return [
    root,
    join(root, "policies"),
    join(root, "skills"),
    ...names.map((name) => join(root, "skills", name)),
  ];
}

async function readSkillFolder(root: string, name: string): Promise<SkillFolder> {
  const [skill, loop, misnamed] = await Promise.all([
    readFileOf(root, `skills/${name}/SKILL.md`),
    readFileOf(root, `skills/${name}/loop.yml`),
    readFileOf(root, `skills/${name}/loop.yaml`),
  ]);
  const problems =
    misnamed.kind !== "read" ? [] : [`skills/${name}/loop.yaml: is not read; its name must be loop.yml`];
  return { name, dir: resolve(root, "skills", name), skill, loop, problems };
}

async function skillNames(
  root: string,
): Promise<{ kind: "listed"; names: string[] } | { kind: "unlisted"; problem: string }> {
  const entries = await readdir(join(root, "skills"), { withFileTypes: true }).catch(codeOf);
  if (typeof entries === "string")
    return { kind: "unlisted", problem: `skills: reading the folder in ${root}: ${inWords(entries)}` };
  const names = entries
    // A link may lead to a folder; if it does not, its missing SKILL.md says so.
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .sort();
  if (names.length > foldersMax)
    return {
      kind: "unlisted",
      problem: `skills: holds ${names.length} folders; at most ${foldersMax} are allowed`,
    };
  return { kind: "listed", names };
}

async function readFileOf(root: string, label: string): Promise<FileRead> {
  const unreadable = (reason: string): FileRead => ({
    kind: "unreadable",
    label,
    problem: `${label}: ${reason}`,
  });
  const path = join(root, label);
  const found = await stat(path).catch(codeOf);
  if (found === "ENOENT" || found === "ENOTDIR") return { kind: "absent", label };
  if (typeof found === "string") return unreadable(inWords(found));
  // Opening a pipe would wait for ever.
  if (!found.isFile()) return unreadable("is not a file");
  if (found.size > fileBytesMax)
    return unreadable(`is ${found.size} bytes long; at most ${fileBytesMax} are allowed`);
  const bytes = await readAtMost(path, fileBytesMax).catch(codeOf);
  if (bytes === "ENOENT") return { kind: "absent", label };
  if (typeof bytes === "string") return unreadable(inWords(bytes));
  const content = decode(bytes);
  return content === null
    ? unreadable("is not UTF-8 text; save it as UTF-8")
    : { kind: "read", label, content, bytes };
}

async function readAtMost(path: string, bytesMax: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(bytesMax);
    const { bytesRead } = await file.read(buffer, 0, bytesMax, 0);
    return Buffer.from(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

function decode(bytes: Buffer): string | null {
  try {
    const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
    return content.includes("\0") ? null : content;
  } catch {
    // Fatal decoding throws for one reason only: bytes that are not UTF-8.
    return null;
  }
}

/** The system's code of an error of the file system; anything else is a bug and is thrown on. */
function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  throw error;
}

function inWords(code: string): string {
  const words: Record<string, string> = {
    ENOENT: "is missing",
    ENOTDIR: "is missing",
    EACCES: "may not be read by this user; change its permissions",
    EPERM: "may not be read by this user; change its permissions",
    EMFILE: "too many files are open; raise the limit (ulimit -n)",
    ELOOP: "is a link that leads to itself",
  };
  return words[code] ?? `cannot be read (${code})`;
}
