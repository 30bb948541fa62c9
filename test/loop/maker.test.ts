import { rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandMaker, type LoopWish, loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { only, openWorld, type World, type WorldWish } from "../world.ts";

let saved: ReturnType<World["save"]> | undefined;

/** A shop with one failing test and a command maker; started. */
async function make(
  maker: NonNullable<WorldWish["maker"]>,
  wish: LoopWish = {},
  trusted = true,
): Promise<World> {
  saved ??= openBrokenShop({
    "test/more.txt": "a: expect check.mjs lacks x\nb: expect check.mjs lacks y\n",
  }).then(async (shop) => (await openWorld({ shop })).save());
  const world = await openWorld({
    from: await saved,
    maker,
    loops: [loopOf({ maker: commandMaker, ...wish })],
  });
  if (trusted) world.organisation.trustedLoops.push("triage");
  await world.start();
  return world;
}

const write = (job: { checkout: { dir: string } }, path: string, text: string) =>
  writeFile(join(job.checkout.dir, path), text).then(() => undefined);
const mend = (job: { checkout: { dir: string } }) => write(job, "src/price.txt", "price 10\n");

const once = { limits: { attemptsMax: 1 } };
const reasonOf = async (world: World) => only(await world.record.inbox(), "inbox item").reason;

describe("a command maker", () => {
  it("mends, and a trusted loop lands it without asking", async () => {
    const world = await make(mend);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: [] });
    expect(world.shop.show("src/price.txt")).toBe("price 10");
    expect(await world.holds()).toEqual([]);
    expect(world.prompts[0]).toContain('"test": "test/price.txt › price"');
    expect(world.prompts[0]).toContain("Nobody has tried this before.");
  });

  it("that changes nothing ends in the inbox, without counting against the loop", async () => {
    const world = await make(() => undefined, once);
    expect(await reasonOf(world)).toBe("The maker changed nothing.");
    expect((await world.record.loopStates())[0]).toMatchObject({ failuresInRow: 0 });
  });

  it("that deletes a test, skips one, or takes assertions out is refused, and what it tried is told to the next", async () => {
    const deleted = await make(
      async (job) => {
        await mend(job);
        await write(job, "test/more.txt", "b: expect check.mjs lacks y\n");
      },
      { limits: { attemptsMax: 2 } },
    );
    expect(await reasonOf(deleted)).toContain('It removes the test "test/more.txt › a".');
    expect(deleted.prompts).toHaveLength(2);
    expect(deleted.prompts[1]).toContain("It removes the test");
    expect(deleted.shop.subjects()[0]).toBe("Count again");

    const skipped = await make(async (job) => {
      await write(job, "test/price.txt", "skip price: expect src/price.txt has price 10\n");
    }, once);
    expect(await reasonOf(skipped)).toContain('It skips the test "test/price.txt › price".');
    expect(await reasonOf(skipped)).toContain("still skipped");

    const weakened = await make(async (job) => {
      await mend(job);
      await write(job, "test/extra.txt", "no test here\n");
      await rm(join(job.checkout.dir, "test/price.txt"));
      await write(job, "test/price.txt", "price: expect src/price.txt lacks price 999\n\n");
    }, once);
    // As many assertions as before: what they assert, a person sees on the card.
    expect((await weakened.run()).outcome).toMatchObject({ kind: "landed" });
  });

  it("that breaks another test is refused; failures that were there before are tolerated", async () => {
    const world = await make(async (job) => {
      await mend(job);
      await write(job, "check.mjs", `x\ny\n`);
    }, once);
    expect(await reasonOf(world)).toMatch(/check command|missing|removes the test/);
    const other = await make(async (job) => {
      await mend(job);
      await write(job, "test/new.txt", "new: expect src/price.txt has never\n");
    }, once);
    expect(await reasonOf(other)).toContain("It breaks test/new.txt › new.");
  });

  it("that fails, does not start, never ends or is killed says which", async () => {
    const exited = await make(
      () => ({ kind: "exited", exit: 1, output: "no key", isCut: false, ms: 1 }),
      once,
    );
    expect(await exited.record.inbox()).toMatchObject([
      { reason: "The maker a-maker ended with exit status 1.", tried: ["no key"] },
    ]);
    expect((await exited.record.loopStates())[0]).toMatchObject({ failuresInRow: 1 });

    const endless = await make(() => ({ kind: "timed-out", output: "…", isCut: false, ms: 20_000 }), once);
    expect(await reasonOf(endless)).toBe("The maker a-maker did not end within 20 s.");
    const killed = await make(
      () => ({ kind: "signalled", signal: "SIGKILL", output: "", isCut: false, ms: 1 }),
      once,
    );
    expect(await reasonOf(killed)).toBe("The maker a-maker was ended by SIGKILL.");
    const absent = await make(() => ({ kind: "not-started", reason: "a-maker: not found" }), once);
    expect(await reasonOf(absent)).toBe("The maker did not start: a-maker: not found");
  });

  it("that links outside its checkout is refused with the path", async () => {
    const world = await make(async (job) => {
      await mend(job);
      await symlink("/etc/passwd", join(job.checkout.dir, "src/passwd"));
    }, once);
    expect(await reasonOf(world)).toMatch(/^What the maker left cannot be taken: .*src\/passwd/);
  });

  it("that writes more than the loop may is denied by policy", async () => {
    const world = await make(async (job) => {
      await mend(job);
      await write(job, "src/long.txt", "line\n".repeat(600));
    }, once);
    expect(await reasonOf(world)).toMatch(/^Policy denies it: 60\d lines changed; the loop's limit is 500\./);
  });

  it("pauses its loop after failures in a row, and a person lets it go on", async () => {
    const world = await make(() => ({ kind: "exited", exit: 1, output: "", isCut: false, ms: 1 }), {
      stop: { failuresInRowMax: 2 },
      limits: { attemptsMax: 9 },
    });
    const { findingId } = await world.run();
    await world.say("ada", { kind: "retry", findingId });
    expect((await world.record.loopStates())[0]).toMatchObject({
      switch: "paused",
      why: "2 failures in a row",
    });
    expect((await world.cards("notice")).map((card) => card.text)).toContainEqual(
      expect.stringContaining(
        'triage is paused after 2 failures in a row. Look at its last runs; "resume triage"',
      ),
    );
    await world.say("ada", { kind: "retry", findingId });
    expect(world.prompts).toHaveLength(2);
    world.maker = mend;
    await world.say("ada", { kind: "resume", loop: "triage" });
    expect((await world.runs()).at(-1)?.outcome).toMatchObject({ kind: "landed" });
  });

  it("is not tried more often than the loop's attempts", async () => {
    const world = await make(async (job) => write(job, "src/other.txt", `${job.runId}\n`), {
      limits: { attemptsMax: 3 },
      stop: { failuresInRowMax: 99 },
    });
    expect(world.prompts).toHaveLength(3);
    await world.tick();
    expect(world.prompts).toHaveLength(3);
    expect(await reasonOf(world)).toContain('"test/price.txt › price" is still failed.');
    expect(await world.record.findings({ limit: 9 })).toMatchObject([{ fate: "gave-up", attempts: 3 }]);
  });
});
