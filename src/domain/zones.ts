import type { Zone } from "./organisation.ts";

/**
 * Zones that every organisation has. Its file may add globs to them and can take none away. `controls` is what steers or judges
 * loops: CI, policies, loops and skills, what agents are told, who owns what, and what changes how git treats files.
 */
export const builtInZones: readonly Zone[] = [
  {
    name: "controls",
    globs: [
      ".github/**",
      "**/.gitlab-ci.yml",
      ".circleci/**",
      ".buildkite/**",
      ".ci/**",
      "**/Jenkinsfile",
      "**/azure-pipelines.yml",
      "policies/**",
      "loops/**",
      "skills/**",
      "**/SKILL.md",
      "**/loop.yml",
      "**/AGENTS.md",
      "**/AGENTS.override.md",
      "**/CLAUDE.md",
      "**/CLAUDE.local.md",
      "**/GEMINI.md",
      "**/.agents/**",
      "**/.claude/**",
      "**/.codex/**",
      "**/.cursor/**",
      "**/.cursorrules",
      "**/.gemini/**",
      "**/.windsurf*/**",
      "**/.mcp.json",
      "**/.vscode/**",
      "**/.devcontainer/**",
      "**/CODEOWNERS",
      "**/.gitattributes",
      "**/.gitmodules",
      "**/.gitconfig",
      "**/.githooks/**",
      "**/.husky/**",
      "**/.pre-commit-config.yaml",
      "**/lefthook.yml",
      "**/.npmrc",
      "**/.yarnrc*",
    ],
  },
  {
    name: "secrets",
    globs: [
      "**/.env",
      "**/.env.*",
      "**/*.pem",
      "**/*.p12",
      "**/*.pfx",
      "**/*.key",
      "**/id_rsa*",
      "**/id_ed25519*",
      "**/.netrc",
      "**/credentials.json",
      "**/*.kubeconfig",
    ],
  },
  {
    name: "tests",
    globs: [
      "**/{test,tests,__tests__,spec,specs,e2e}/**",
      "**/*.{test,spec}.*",
      "**/test_*.py",
      "**/*_test.{go,py}",
    ],
  },
  { name: "migrations", globs: ["**/migrations/**"] },
];

/** Where `unzoned` stands: the paths that are in no other zone. */
export const reservedZones: readonly string[] = ["unzoned"];

/** The built-in zones with what the file adds, then the file's own, in its order. */
export function withBuiltIn(own: Zone[]): Zone[] {
  const builtIn = builtInZones.map((zone) => {
    const more = own.find((one) => one.name === zone.name)?.globs ?? [];
    return { name: zone.name, globs: [...new Set([...zone.globs, ...more])] };
  });
  const names = new Set(builtIn.map((zone) => zone.name));
  return [...builtIn, ...own.filter((zone) => !names.has(zone.name))];
}

/** Words in `@hold("…")` that stand for people known only at the moment of a ruling; no group may be called so. */
export const specialApprovers = ["approvers", "loop-owner", "undone-owner", "code-owners"] as const;
