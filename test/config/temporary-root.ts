import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

export const goodOrganisation = `name: Shop
timezone: Europe/Berlin
commit_email: loom@example.com
repositories:
  shop: { remote: remotes/shop.git, approvers: maintainers }
people:
  alice: { name: Alice, slack: U01ALICE, emails: [alice@example.com] }
  bob: { name: Bob }
groups:
  maintainers: [alice, bob]
may:
  start: [maintainers]
  pause: [maintainers]
  settle: [maintainers]
digest: { cadence: weekdays 08:00, channel: loom }
`;

export const goodLoop = `owner: alice
repository: shop
cadence: weekdays 07:00
channel: triage
sources: [checks]
maker: bisect
check: npm test
`;

export const skill = (name: string): string =>
  `---\nname: ${name}\ndescription: What ${name} does.\n---\n\nDo it well.\n`;

/** A good organisation with the one good loop triage. */
export const goodFiles: Record<string, string> = {
  "policies/org.yml": goodOrganisation,
  "skills/triage/SKILL.md": skill("triage"),
  "skills/triage/loop.yml": goodLoop,
};

/** A folder with these files that is removed after the test. */
export async function temporaryRoot(files: Record<string, string | Buffer> = goodFiles): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "loom-config-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await put(root, files);
  return root;
}

export async function put(root: string, files: Record<string, string | Buffer>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}
