import { expect, test } from "vitest";
import { readSkill } from "../../src/config/skill-file.ts";

const label = "skills/triage/SKILL.md";
const read = (content: string, folder = "triage") => readSkill(label, content, folder);
const withFront = (lines: string) => `---\n${lines}\n---\nText\n`;

test("a whole skill", () => {
  const content = `---
name: triage
description: Finds and mends.
license: Apache-2.0
compatibility: needs git
metadata: { author: alice, version: "1.0" }
allowed-tools: [Read, "Bash(git:*)"]
---

# Triage

---
More
`;

  expect(read(content)).toEqual({
    kind: "valid",
    skill: { name: "triage", description: "Finds and mends.", instructions: "# Triage\n\n---\nMore" },
  });
});

test("carriage returns and a byte order mark do not matter", () => {
  expect(read("\uFEFF---\r\nname: triage\r\ndescription: X\r\n---\r\nText\r\n")).toMatchObject({
    skill: { description: "X", instructions: "Text" },
  });
});

test.each([
  ["# Triage", 'skills/triage/SKILL.md:1: begins without front matter; write "---", then name:'],
  ["---\nname: triage\n", "skills/triage/SKILL.md:1: opens front matter and never closes it"],
  ["---\n---\n", "skills/triage/SKILL.md:2: the file is empty; write a map of name, description, "],
  [
    withFront("name: triage"),
    "SKILL.md:2: description is missing; write what the skill does and when to use it",
  ],
  [
    withFront("description: x\nname: Triage"),
    'SKILL.md:3: name is "Triage"; write 1 to 64 of a-z, 0-9 and single hyphens',
  ],
  [withFront("description: x\nname: tri--age"), 'SKILL.md:3: name is "tri--age"; write'],
  [withFront("description: x\nname: -triage"), "SKILL.md:3: name is"],
  [withFront(`description: x\nname: ${"a".repeat(65)}`), "SKILL.md:3: name is too long"],
  [
    withFront("description: x\nname: tidy"),
    'SKILL.md:3: name "tidy" is not the folder\'s name; write "triage" or rename the folder',
  ],
  [
    withFront(`name: triage\ndescription: ${"x".repeat(1025)}`),
    "SKILL.md:3: description has 1025 characters; at most 1024 are allowed",
  ],
  [withFront("name: triage\ndescription: 7"), "SKILL.md:3: description is the number 7; write"],
  [withFront("name: triage\ndescription: Use when: it breaks"), "SKILL.md:3: a second"],
  [
    withFront("name: triage\ndescription: x\nlicence: MIT"),
    'SKILL.md:4: licence is not a known key; did you mean "license"?',
  ],
  [
    withFront("name: triage\ndescription: x\nmetadata:\n  version: 1.0"),
    "SKILL.md:5: metadata.version is the number 1; write a text, in quotes",
  ],
  [
    withFront(`name: triage\ndescription: x\ncompatibility: ${"y".repeat(501)}`),
    "SKILL.md:4: compatibility has 501 characters; at most 500",
  ],
  [
    withFront("name: triage\ndescription: x\nallowed-tools: 3"),
    "SKILL.md:4: allowed-tools is not understood",
  ],
])("refuses %j", (content, problem) => {
  expect(read(content)).toMatchObject({ kind: "refused", problems: [expect.stringContaining(problem)] });
});
