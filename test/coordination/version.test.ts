import { describe, expect, it } from "vitest";
import { manifestEntries } from "../../src/coordination/manifest.ts";
import { keyChanges, manifestsOf, versionFights, versionsReturned } from "../../src/coordination/version.ts";
import type { ConflictSide } from "../../src/domain/conflict.ts";
import { fileOf } from "./samples.ts";

const json = (dependencies: object) => JSON.stringify({ scripts: { test: "1" }, dependencies });
const changed = (from: object, to: object) =>
  keyChanges({ path: "package.json", before: json(from), after: json(to) }) ?? [];
const deps: ConflictSide = { loop: "deps", runId: "r7", title: "Raise", intent: "New versions." };

describe("two changes in flight", () => {
  it("fight over a key that they set to different values, also where git would merge them", () => {
    const mine = changed({ lodash: "4.17.20", a: "1" }, { lodash: "4.17.21", a: "1" });
    const theirs = changed({ lodash: "4.17.20" }, { lodash: "4.18.0" });
    expect(versionFights(mine, theirs, deps)).toEqual([
      {
        path: "package.json",
        key: "dependencies lodash",
        isSettled: true,
        evidence: 'package.json: "lodash" 4.17.20 → 4.17.21 (this change), → 4.18.0 (loop deps, run r7)',
      },
    ]);
    const lowered = changed({ lodash: "4.17.20" }, { lodash: "3.0.0" });
    expect(versionFights(mine, lowered, deps)[0]?.isSettled).toBe(false);
    const removed = changed({ lodash: "4.17.20" }, {});
    expect(versionFights(mine, removed, deps)[0]?.evidence).toContain("→ absent (loop deps, run r7)");
  });

  it("do not where they agree, set other keys, or change what is no version", () => {
    const mine = changed({ lodash: "1.0.0" }, { lodash: "2.0.0" });
    expect(versionFights(mine, mine, deps)).toEqual([]);
    expect(versionFights(mine, changed({ left: "1.0.0" }, { left: "2.0.0" }), deps)).toEqual([]);
    const scripts = (text: string) => JSON.stringify({ scripts: { test: text } });
    expect(keyChanges({ path: "package.json", before: scripts("a"), after: scripts("b") })).toEqual([]);
  });
});

describe("a change after a landed one", () => {
  const landed = { ...deps, sha: "0123456789" };
  it("sets a key back to what it was", () => {
    const up = changed({ lodash: "1.0.0" }, { lodash: "2.0.0" });
    const back = changed({ lodash: "2.0.0" }, { lodash: "1.0.0" });
    expect(versionsReturned(back, [{ changes: up, side: landed }])[0]?.evidence).toBe(
      'package.json: "lodash" 1.0.0 → 2.0.0 (loop deps, run r7), → 1.0.0 (this change)',
    );
  });

  it("does not when it goes on, or a later one set the key again", () => {
    const up = changed({ lodash: "1.0.0" }, { lodash: "2.0.0" });
    const on = changed({ lodash: "2.0.0" }, { lodash: "3.0.0" });
    expect(versionsReturned(on, [{ changes: up, side: landed }])).toEqual([]);
    const back = changed({ lodash: "3.0.0" }, { lodash: "1.0.0" });
    expect(
      versionsReturned(back, [
        { changes: on, side: landed },
        { changes: up, side: landed },
      ]),
    ).toEqual([]);
  });
});

describe("a manifest", () => {
  it("is read by what kind it is", () => {
    const read = (path: string, text: string) => Object.fromEntries(manifestEntries(path, text) ?? []);
    expect(read("requirements.txt", "Flask_Login[x]>=1.0,<2 # why\n-r other.txt\n")).toEqual({
      "requires flask-login[x]": ">=1.0,<2",
    });
    expect(read("Gemfile", 'gem "rails", "~> 7.0", require: false\n')).toEqual({
      "gem rails": '"~> 7.0", require: false',
    });
    expect(
      read("go.mod", "go 1.20\nrequire a.b/c v1.2.3 // indirect\nrequire (\n\td.e/f v2.0.0\n)\n"),
    ).toEqual({
      go: "1.20",
      "require a.b/c": "v1.2.3",
      "require d.e/f": "v2.0.0",
    });
    expect(
      read("pyproject.toml", '[project]\ndependencies = [\n  "click>=8", # cli\n]\n[tool.x]\ny = "1"\n'),
    ).toEqual({
      "project dependencies requires click": ">=8",
      "tool.x y": '"1"',
    });
    expect(read("build.gradle", 'implementation "a.b:c:1.2"\n')).toEqual({ "implementation a.b:c": "1.2" });
    const pom = "<dependency><groupId>a</groupId><artifactId>b</artifactId><version>1</version></dependency>";
    expect(read("pom.xml", pom)).toEqual({ "dependency a:b": "1" });
  });

  it("that does not parse, or says one thing twice, is not read", () => {
    expect(manifestEntries("package.json", "{")).toBeNull();
    expect(manifestEntries("requirements.txt", "a==1\na==2\n")).toBeNull();
    expect(manifestEntries("pyproject.toml", 'x = """\n')).toBeNull();
    expect(keyChanges({ path: "package.json", before: "{", after: "{}" })).toBeNull();
  });

  it("is known among the files of a change", () => {
    const files = [
      fileOf("package.json", "1", "2"),
      fileOf("src/a.ts", "1", "2"),
      fileOf("api/go.mod", "1", "1", "go.mod"),
    ];
    expect(manifestsOf({ files })).toEqual([
      { path: "package.json", from: "package.json" },
      { path: "api/go.mod", from: "go.mod" },
    ]);
  });
});
