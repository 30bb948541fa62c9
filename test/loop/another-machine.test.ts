import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Code } from "../../src/ports/code.ts";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { answering, openWorld, type World } from "../world.ts";

const openMended = async (): Promise<World> =>
  openWorld({
    shop: await openBrokenShop(),
    loops: [loopOf({ maker: commandMaker })],
    maker: (job) => writeFile(join(job.checkout.dir, "src/price.txt"), "price 10\n").then(() => undefined),
  });

/** Works until this call of git; the machine is gone then with its mirror, and one with a mirror of its own goes on. */
async function passOn(world: World, at: keyof Code): Promise<void> {
  let isDead = false;
  const dies = () => {
    isDead = true;
    return Promise.reject(new Error("the machine is gone"));
  };
  await world.drain({ ...world.ports, code: { ...world.ports.code, [at]: dies } }, () => isDead);
  expect(isDead).toBe(true);
  rmSync(join(world.home, "mirrors", "shop.git"), { recursive: true });
  await world.lapse();
  await world.drain();
}

describe("a run that goes on at another machine", () => {
  it("is made again when its commit had not left the first one", async () => {
    const world = await openMended();
    await world.ask("ada", { kind: "start", loop: "triage" });
    await passOn(world, "mergeAll");
    await world.waiting();
    expect(world.prompts).toHaveLength(2);
    expect(world.logged).toContainEqual(expect.stringContaining("its commit was left on another machine"));
  });

  it("lands once when the merge had not left the first one", async () => {
    const world = await openMended();
    await world.start();
    await world.ask("ben", { kind: "approve", ...answering(await world.waiting()) });
    await passOn(world, "land");
    expect((await world.run()).outcome).toMatchObject({ kind: "landed" });
    expect(world.prompts).toHaveLength(1);
    expect(world.shop.subjects()).toHaveLength(4);
  });

  it("ends as rejected when its branch was deleted while people were asked", async () => {
    const world = await openMended();
    await world.start();
    const hold = await world.waiting();
    for (const branch of world.shop.branches()) world.shop.push("--delete", branch);
    rmSync(join(world.home, "mirrors", "shop.git"), { recursive: true });
    await world.say("ben", { kind: "approve", ...answering(hold) });
    expect((await world.run()).outcome).toMatchObject({
      kind: "stopped",
      reason: expect.stringContaining("was deleted on the remote"),
    });
  });
});
