import { describe, expect, it } from "vitest";
import { loopOf } from "../world/definitions.ts";
import { firstFiles, openShop, type Shop } from "../world/shop.ts";
import { answering, openWorld, present } from "../world.ts";

/**
 * A shop with three failing tests: a plain bug; tidy's deliberate change, which an older test knows nothing of; and a test that
 * never passed.
 */
async function openStory(): Promise<{ shop: Shop; bug: string; tidied: string }> {
  const shop = await openShop({
    ...firstFiles,
    "src/rounding.txt": "half up\n",
    "test/rounding.txt": "rounding: expect src/rounding.txt has half up\n",
    "test/invoice.txt": "invoice rounds: expect src/rounding.txt has half up\n",
    "test/wish.txt": "wish: expect src/wish.txt has come true\n",
  });
  await shop.commit({ "src/stock.txt": "stock 3\n" }, "Add stock");
  const trailers =
    "Loom-Run: r-tidy000001\nLoom-Loop: tidy\nLoom-Finding: f-0123456789ab\nLoom-Intent: Banks round half to even.";
  const tidied = await shop.commit(
    {
      "src/rounding.txt": "half even\n",
      "test/rounding.txt": "rounding: expect src/rounding.txt has half even\n",
    },
    `Land tidy: round half to even\n\n${trailers}`,
  );
  const bug = await shop.commit({ "src/price.txt": "price 12\n" }, "Raise the price");
  await shop.land({ "src/stock.txt": "stock 4\n" }, "Count again");
  return { shop, bug, tidied };
}

describe("the story", () => {
  it("finds three things, mends one, holds one with evidence, and gives one up", async () => {
    const { shop, bug, tidied } = await openStory();
    const tidy = loopOf({ name: "tidy", owner: "ben", channel: "quality" });
    const world = await openWorld({ shop, loops: [loopOf(), tidy] });
    await world.start();

    const findings = await world.record.findings({ limit: 10 });
    expect(Object.fromEntries(findings.map((one) => [one.finding.title, one.fate]))).toEqual({
      "test/price.txt › price": "held",
      "test/invoice.txt › invoice rounds": "held",
      "test/wish.txt › wish": "gave-up",
    });
    expect(await world.events("claim.acquired")).toHaveLength(3);
    expect(await world.events("claim.refused")).toHaveLength(0);

    const holds = await world.cards("hold");
    const mend = present(
      holds.find((card) => card.title === 'Revert "Raise the price"'),
      "hold of the bug",
    );
    expect(mend.conflicts).toEqual([]);
    expect(mend.people).toEqual(["ada", "ben"]);
    expect(mend.files.map((file) => file.path)).toEqual(["src/price.txt"]);
    expect(mend.why).toContain(`Takes back ${bug.slice(0, 8)}`);
    const undo = present(
      holds.find((card) => card !== mend),
      "hold of the rounding",
    );
    expect(undo.conflicts).toMatchObject([
      { kind: "undo", right: { loop: "tidy", sha: tidied, intent: "Banks round half to even." } },
    ]);
    expect(undo.hold.reasons).toMatchObject([
      { rule: "conflict-undo", text: expect.stringContaining("Banks round half to even.") },
      { rule: "every-change" },
    ]);
    const told = [...(await world.messages()).values()].filter((one) => one.card.kind === "conflict");
    told.sort((left, right) => left.channel.localeCompare(right.channel));
    expect(told.map((one) => [one.channel, "people" in one.card ? one.card.people : []])).toEqual([
      ["loops", ["ada", "ben"]],
      ["quality", ["ada", "ben"]],
    ]);

    const inbox = await world.ask("ada", { kind: "inbox" });
    expect(inbox).toMatchObject({
      items: [{ title: "test/wish.txt › wish", reason: expect.stringContaining("has never passed") }],
    });

    const answer = await world.say("ben", { kind: "approve", ...answering(mend.hold) });
    expect(answer).toMatchObject({ kind: "done" });
    expect(shop.show("src/price.txt")).toBe("price 10");
    const sha = shop.main();
    expect(shop.git("ls-remote", "origin", "refs/heads/main")).toContain(sha);
    const run = present(await world.record.run(mend.hold.runId), "run");
    expect(run.outcome).toEqual({ kind: "landed", sha, approvedBy: ["ben"] });
    shop.git("fetch", "-q");
    const trailers = shop.git("log", "-1", "--format=%(trailers)", sha).split("\n");
    expect(trailers).toEqual([
      `Loom-Run: ${run.id}`,
      "Loom-Loop: triage",
      `Loom-Finding: ${run.findingId}`,
      expect.stringMatching(/^Loom-Intent: Takes back /),
      "Loom-Approved-By: ben",
    ]);
    expect(shop.branches()).toEqual([`loom/triage/${undo.hold.runId}`]);
    expect(world.thrown).toEqual([]);

    const traced = await world.ask("cy", { kind: "trace", what: sha.slice(0, 9) });
    expect(traced).toMatchObject({
      trace: {
        kind: "traced",
        sha,
        loop: "triage",
        runId: run.id,
        maker: "bisect",
        checker: "tests",
        verdict: "pass",
        approvedBy: ["ben"],
      },
    });
    expect(await world.record.verifyChain()).toMatchObject({ kind: "whole" });
  });
});
