import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PolicyCase } from "../domain/policy-case.ts";
import { readPolicyCases } from "./policy-cases.ts";
import type { Shaped } from "./shape.ts";

/** Every case under `policies/tests/` of a root. No folder is no cases. */
export async function findPolicyCases(root: string): Promise<Shaped<PolicyCase[]>> {
  const folder = join(root, "policies", "tests");
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const read = await Promise.all(
    names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map(async (name) =>
        readPolicyCases(`policies/tests/${name}`, await readFile(join(folder, name), "utf8")),
      ),
  );
  const problems = read.flatMap((one) => (one.kind === "refused" ? one.problems : []));
  if (problems.length > 0) return { kind: "refused", problems };
  return { kind: "valid", value: read.flatMap((one) => (one.kind === "valid" ? one.value : [])) };
}
