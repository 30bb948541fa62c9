import { readdirSync, readFileSync } from "node:fs";
import type { RuleFile } from "../../src/domain/organisation.ts";

const folder = new URL("../../policies/", import.meta.url);

/** The rules that LoomStack ships for everybody, as written; without those of its sample. */
export const shippedRules = (): RuleFile[] =>
  readdirSync(folder)
    .filter((name) => /^\d\d-.*\.cedar$/.test(name))
    .sort()
    .map((name) => ({ label: `policies/${name}`, text: readFileSync(new URL(name, folder), "utf8") }));
