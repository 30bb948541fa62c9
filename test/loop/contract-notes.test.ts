import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { firstFiles, openShop } from "../world/shop.ts";
import { openWorld, present } from "../world.ts";

const issueOf = (title: string) => `---\ntitle: ${title}\n---\n`;
const module = (head: string) => `export function priceOf(${head}) {\n  return 10;\n}\n`;
const cart = 'import { priceOf } from "./price.js";\n';

it("a run that calls what another one re-signs is held with it, and its next prompt says what to adapt", async () => {
  const shop = await openShop({
    ...firstFiles,
    "src/price.js": module("item"),
    "src/cart.js": `${cart}export const total = 0;\n`,
    ".loom/issues/1.md": issueOf("Prices know their country"),
    ".loom/issues/2.md": issueOf("The cart has a total"),
  });
  const loop = loopOf({
    sources: [{ kind: "issues" }],
    maker: commandMaker,
    check: { argv: ["node", "-e", "process.exit(0)"], borrow: {}, network: false },
  });
  const world = await openWorld({
    shop,
    loops: [loop],
    maker: async ({ checkout, prompt }) => {
      const [path, text] = prompt.includes("Prices know their country")
        ? ["src/price.js", module("item, country")]
        : ["src/cart.js", `${cart}export const total = (item) => priceOf(item);\n`];
      await writeFile(join(checkout.dir, path), text);
      return undefined;
    },
  });
  await world.start();

  const [conflict] = await world.record.conflicts({ state: "open", limit: 9 });
  expect(conflict?.conflict).toMatchObject({ kind: "dependency", severity: "hold" });
  const findings = await world.record.findings({ limit: 9 });
  const total = present(
    findings.find((one) => one.finding.title === "The cart has a total"),
    "finding",
  );
  const notes = total.notes.filter((note) => note.text.includes("`priceOf` now takes 2 parameters"));
  expect(notes).toHaveLength(1);
  expect(await world.events("contract.noted")).toHaveLength(1);

  const hold = present(
    (await world.holds()).find((one) => one.state === "waiting" && one.runId === total.runId),
    "hold",
  );
  await world.say("ben", { kind: "reject", holdId: hold.id, digest: hold.digest, note: "First the prices." });
  await world.say("ada", { kind: "retry", findingId: total.finding.id });
  expect(world.prompts.at(-1)).toContain("now takes 2 parameters instead of 1 parameter");
});
