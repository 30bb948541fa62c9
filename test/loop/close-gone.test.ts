import { describe, expect, it } from "vitest";
import { loopOf } from "../world/definitions.ts";
import { firstFiles, openShop } from "../world/shop.ts";
import { only, openWorld, type World } from "../world.ts";

/** A test that never passed: nobody can find what broke it, so it waits for people. */
async function openGivenUp(): Promise<World> {
  const shop = await openShop({
    ...firstFiles,
    "test/stock.txt": "stock: expect src/stock.txt has stock 5\n",
  });
  const world = await openWorld({ shop, loops: [loopOf()] });
  await world.start();
  only(await world.record.inbox(), "inbox item");
  return world;
}
const fateOf = async (world: World) => only(await world.record.findings({ limit: 9 }), "finding").fate;

describe("a finding in the inbox", () => {
  it("is closed with its item when a person mended it by hand, and opens again when it comes back", async () => {
    const world = await openGivenUp();
    await world.shop.land({ "src/stock.txt": "stock 5\n" }, "Count right");
    await world.tick();
    expect(await world.record.inbox()).toEqual([]);
    expect(await fateOf(world)).toBe("landed");
    expect(only(await world.cards("inbox"), "card").item.settled).toMatchObject({
      how: "gone",
      by: "triage",
    });
    expect(await world.events("finding.fate")).toContainEqual(
      expect.objectContaining({ because: "it is not seen any more" }),
    );

    await world.shop.land({ "src/stock.txt": "stock 4\n" }, "Count wrong");
    await world.tick();
    expect(await world.events("finding.reopened")).toHaveLength(1);
    expect(await fateOf(world)).toBe("held");
  });

  it("stays while the check command does not run, or names no test", async () => {
    const world = await openGivenUp();
    await world.shop.land({ "src/broken.txt": "broken\n" }, "Break the tests themselves");
    await world.tick();
    expect((await world.record.inbox()).map((item) => item.title)).toContain("test/stock.txt › stock");
  });

  it("stays when its test fails by chance and happens to pass", async () => {
    const shop = await openShop({ ...firstFiles, "src/chance.txt": "counter" });
    const world = await openWorld({ shop, loops: [loopOf()] });
    const counter = `${shop.root}/counter`;
    await shop.land({ "src/chance.txt": `${counter}\n` }, "Begin to fail by chance");
    await world.start();
    const item = only(await world.record.inbox(), "inbox item");
    expect(item.reason).toContain("by chance");
    await world.tick();
    await world.tick();
    expect(await world.record.inbox()).toHaveLength(1);
  });
});
