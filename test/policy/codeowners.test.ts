import { describe, expect, it } from "vitest";
import { ownersOf, readCodeowners } from "../../src/policy/codeowners.ts";

const owners = (file: string, path: string) => ownersOf(path, readCodeowners(file)).join(" ");

/** The examples of GitHub's own documentation, one after the other. */
const documented = `# a comment
*       @global-owner1 @global-owner2
*.js    @js-owner #an inline comment
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github`;

describe("CODEOWNERS", () => {
  it.each([
    ["README.md", "@global-owner1 @global-owner2"],
    ["src/a.js", "@js-owner"],
    ["a/b/c.go", "docs@example.com"],
    ["notes.txt", "@octo-org/octocats"],
    ["build/logs/x/y.bin", "@octocat"],
    ["deep/build/logs2/y", "@global-owner1 @global-owner2"],
    ["docs/a.md", "@doctocat"],
    ["x/apps/a", "@octocat"],
    ["scripts/run", "@doctocat @octocat"],
    ["deeply/nested/logs/a", "@octocat"],
    ["apps/a", "@octocat"],
    ["apps/github", ""],
    ["apps/github/a", ""],
  ])("%s belongs to %j", (path, expected) => {
    expect(owners(documented, path)).toBe(expected);
  });

  it("docs/* is the files of docs and nothing below them", () => {
    expect(owners("docs/* @a", "docs/getting-started.md")).toBe("@a");
    expect(owners("docs/* @a", "docs/build-app/troubleshooting.md")).toBe("");
    expect(owners("docs/* @a", "other/docs/a.md")).toBe("");
    expect(owners("docs/** @a", "docs/build-app/troubleshooting.md")).toBe("@a");
  });

  it("the last match counts, and may name nobody", () => {
    expect(owners("* @a\n/secret @b\n/secret/open", "secret/open/x")).toBe("");
    expect(owners("/secret @b\n* @a", "secret/x")).toBe("@a");
  });

  it("takes escaped spaces and hashes, tells case, and skips what GitHub skips", () => {
    expect(owners("a\\ b.md @a", "x/a b.md")).toBe("@a");
    expect(owners("/\\#notes @a", "#notes")).toBe("@a");
    expect(owners("/Docs/ @a", "docs/x")).toBe("");
    expect(owners("!a.md @a\n[ab].md @b", "a.md")).toBe("");
    expect(owners("a.?s @a", "a.js")).toBe("@a");
    expect(owners("(a|b)+.md @a", "(a|b)+.md")).toBe("@a");
    expect(owners("/src/**/test @a", "src/test/x")).toBe("@a");
    expect(owners("/src/**/test @a", "src/a/b/test")).toBe("@a");
  });
});
