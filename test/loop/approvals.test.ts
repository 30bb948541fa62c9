import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Hold } from "../../src/domain/hold.ts";
import type { RuleFile } from "../../src/domain/organisation.ts";
import { withBuiltIn } from "../../src/domain/zones.ts";
import { policiesOf } from "../../src/loop/rule.ts";
import { sweep } from "../../src/loop/sweep.ts";
import { watchRemotes } from "../../src/loop/watch-remotes.ts";
import { commandMaker, loopOf } from "../world/definitions.ts";
import { openBrokenShop } from "../world/shop.ts";
import { answering, openWorld, present, type World } from "../world.ts";

const moneyRule = {
  label: "policies/shop.cedar",
  text: readFileSync(new URL("../../policies/shop.cedar", import.meta.url), "utf8"),
};

/** Prices belong to payments (Cy and Dan) besides the leads (Ada and Ben), who may also break the glass; Eve is in no group. */
function govern(world: World): void {
  const { organisation } = world;
  organisation.people.push({ id: "eve", name: "Eve", emails: [] });
  organisation.groups.push({ name: "payments", members: ["cy", "dan"] });
  organisation.zones = withBuiltIn([{ name: "money", globs: ["src/price.txt"] }]);
  organisation.breakGlass = "leads";
  organisation.rules = [...organisation.rules, moneyRule];
}

let saved: ReturnType<World["save"]> | undefined;

async function openHeld(): Promise<World & { hold: Hold; branch: string }> {
  saved ??= openBrokenShop().then(async (shop) => {
    const first = await openWorld({ shop });
    govern(first);
    await first.start();
    return first.save();
  });
  const world = await openWorld({ from: await saved });
  govern(world);
  const hold = await world.waiting();
  return { ...world, hold, branch: `loom/triage/${hold.runId}` };
}

const approve = (world: World, person: string, hold: Hold) =>
  world.say(person, { kind: "approve", ...answering(hold) });
const group = (world: World, name: string) =>
  present(
    world.organisation.groups.find((one) => one.name === name),
    name,
  );
/** As when files of rules were edited: the organisation is read anew. */
function reread(world: World, rules: RuleFile[]): void {
  const fresh = { ...world.organisation, rules };
  world.ports.definitions.organisation = () => fresh;
}
const minutes = (count: number) => count * 60_000;
const untilIn = (world: World, ms: number) =>
  new Date(world.ports.now().getTime() + ms).toISOString().replace(/\.\d+/, "");

/** As the timers do. */
async function sweepAndWork(world: World): Promise<void> {
  await sweep(world.ports);
  await world.drain();
}

async function push(world: World & { branch: string }): Promise<void> {
  const { shop } = world;
  shop.git("fetch", "-q");
  shop.git("checkout", "-q", "-B", "theirs", `origin/${world.branch}`);
  await shop.commit({ "src/other.txt": "pushed\n" }, "And this", { author: "Dan <dan@example.org>" });
  shop.push(`HEAD:${world.branch}`);
  await watchRemotes(world.ports, new Map([["shop", "something else"]]));
  await world.drain();
}

describe("a hold that asks two groups", () => {
  it("lands on the second approval, in the name of both, and on neither alone", async () => {
    const world = await openHeld();
    expect(world.hold).toMatchObject({
      group: "leads and payments",
      needs: [
        { group: "leads", count: 1 },
        { group: "payments", count: 1 },
      ],
    });
    const [card] = await world.cards("hold");
    expect(card?.people).toEqual(["ada", "ben", "cy", "dan"]);

    const first = await approve(world, "ada", world.hold);
    expect(first).toMatchObject({ text: "Your approval counts. It still needs 1 of payments." });
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    expect((await world.cards("hold"))[0]?.people).toEqual(["cy", "dan"]);
    expect(await approve(world, "ada", world.hold)).toMatchObject({
      reason: expect.stringContaining("you have answered it already"),
    });

    expect(await approve(world, "cy", world.hold)).toMatchObject({ kind: "done" });
    expect(world.shop.show("src/price.txt")).toBe("price 10");
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ada", "cy"] });
    world.shop.git("fetch", "-q");
    const trailers = world.shop.git("log", "-1", "--format=%(trailers:key=Loom-Approved-By)", "origin/main");
    expect(trailers.trim().split("\n")).toEqual(["Loom-Approved-By: ada", "Loom-Approved-By: cy"]);
  });

  it("refuses and records an outsider, a forged digest, and a hold that never was", async () => {
    const world = await openHeld();
    expect(await approve(world, "eve", world.hold)).toMatchObject({
      reason: "Not done: this is for leads and payments to answer.",
    });
    await approve(world, "cy", { ...world.hold, digest: "f".repeat(64) });
    await approve(world, "cy", { ...world.hold, digest: world.hold.digest.slice(0, 7) });
    await approve(world, "cy", { ...world.hold, id: "h-0000000000" });
    await approve(world, "nobody", world.hold);
    const refused = await world.events("approval.refused");
    expect(refused.map((one) => one["by"])).toEqual(["eve", "cy", "cy", "cy", "nobody"]);
    expect(await world.waiting()).toEqual(world.hold);
  });

  it("takes two approvals at once and lands once", async () => {
    const world = await openHeld();
    const command = { kind: "approve", ...answering(world.hold) } as const;
    const answers = await Promise.all(["ben", "dan"].map((person) => world.ask(person, command)));
    expect(answers.map((one) => one.kind)).toEqual(["done", "done"]);
    await world.drain();
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ben", "dan"] });
    expect(await world.events("change.landed")).toHaveLength(1);
  });

  it("is ended by the rejection of one who may approve, whoever has approved it", async () => {
    const world = await openHeld();
    await approve(world, "ada", world.hold);
    await world.say("dan", { kind: "reject", ...answering(world.hold), note: "on purpose" });
    expect((await world.run()).outcome).toEqual({ kind: "rejected", by: "dan", note: "on purpose" });
    expect(await approve(world, "cy", world.hold)).toMatchObject({
      reason: expect.stringContaining("dan has rejected it already"),
    });
    expect(world.shop.show("src/price.txt")).toBe("price 12");
  });
});

describe("what voids an approval", () => {
  it("a push in between, which says so on the card and asks everybody again", async () => {
    const world = await openHeld();
    await approve(world, "ada", world.hold);
    await push(world);
    const voided = (await world.cards("hold")).find((card) => card.holdId === world.hold.id);
    expect(voided?.hold).toMatchObject({
      state: "void",
      voidedBecause: expect.stringContaining("pushed"),
      approvals: [{ person: "ada" }],
    });
    const again = await world.waiting();
    expect(again.approvals).toEqual([]);
    await approve(world, "cy", again);
    expect(await approve(world, "cy", world.hold)).toMatchObject({ kind: "refused" });
    expect((await world.run()).status).toBe("held");
    await approve(world, "ben", again);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ben", "cy"] });
  });

  it("a push after the last approval and before the landing", async () => {
    const world = await openHeld();
    const command = { kind: "approve", ...answering(world.hold) } as const;
    for (const person of ["ada", "cy"]) await world.ask(person, command);
    await push(world);
    expect(await world.record.hold(world.hold.id)).toMatchObject({ state: "void" });
    expect((await world.waiting()).head).not.toBe(world.hold.head);
    expect(world.shop.show("src/price.txt")).toBe("price 12");
  });

  it("an edited rule: a click in between is refused, and it is asked again under the new rules", async () => {
    const world = await openHeld();
    await approve(world, "ada", world.hold);
    const edited = moneyRule.text.replace("payments:1", "payments:2");
    reread(
      world,
      world.organisation.rules.map((file) =>
        file.label === moneyRule.label ? { ...file, text: edited } : file,
      ),
    );
    expect(await approve(world, "cy", world.hold)).toMatchObject({
      reason: expect.stringContaining("the policies changed since it was asked"),
    });
    await sweepAndWork(world);
    expect(await world.record.hold(world.hold.id)).toMatchObject({
      state: "void",
      voidedBecause: "the policies changed since it was asked",
    });
    const again = await world.waiting();
    expect(again).toMatchObject({ group: "leads and payments (2)", digest: world.hold.digest });
    for (const person of ["cy", "ben"]) await approve(world, person, again);
    expect((await world.run()).status).toBe("held");
    await approve(world, "dan", again);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ben", "cy", "dan"] });
  });

  it("leaving the group: what the others said still counts, and another of it must approve", async () => {
    const world = await openHeld();
    const command = { kind: "approve", ...answering(world.hold) } as const;
    for (const person of ["ada", "cy"]) await world.ask(person, command);
    group(world, "leads").members = ["ben"];
    await world.drain();
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    expect(await world.events("hold.reopened")).toHaveLength(1);
    expect(await world.waiting()).toMatchObject({ id: world.hold.id, state: "waiting" });
    await approve(world, "ben", world.hold);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ben", "cy"] });
  });

  it("its hold's end: what was approved and could not land before it is asked again", async () => {
    const world = await openHeld();
    const freezeMs = (world.loops[0]?.limits.holdMs ?? 0) + minutes(60);
    await world.say("ada", { kind: "freeze", zone: "money", until: untilIn(world, freezeMs), why: "" });
    for (const person of ["ada", "cy"])
      await world.ask(person, { kind: "approve", ...answering(world.hold) });
    await world.drain();
    world.later(freezeMs + minutes(1));
    await sweepAndWork(world);
    expect(await world.record.hold(world.hold.id)).toMatchObject({
      state: "void",
      voidedBecause: "the approval ran out before it could land",
    });
    expect((await world.waiting()).approvals).toEqual([]);
    expect(world.shop.show("src/price.txt")).toBe("price 12");
  });

  it("an answer at the very moment of the expiry comes too late", async () => {
    const world = await openHeld();
    await approve(world, "ada", world.hold);
    world.later(world.hold.expiresAt.getTime() - world.ports.now().getTime());
    expect(await approve(world, "cy", world.hold)).toMatchObject({
      reason: expect.stringContaining("expired"),
    });
    await sweepAndWork(world);
    expect((await world.run()).outcome).toMatchObject({
      kind: "gave-up",
      reason: expect.stringContaining("leads and payments did not answer in time"),
    });
  });
});

describe("breaking the glass", () => {
  it("lands a held change loudly: in the channel, the trace and the commit", async () => {
    const world = await openHeld();
    const wish = { kind: "override", what: world.hold.runId, why: "The shop is down." } as const;
    expect(await world.say("ben", wish)).toMatchObject({ kind: "done" });
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ben"] });
    world.shop.git("fetch", "-q");
    const trailers = world.shop.git("log", "-1", "--format=%(trailers)", "origin/main");
    expect(trailers).toContain("Loom-Approved-By: ben (override)\nLoom-Override: The shop is down.");
    const notices = (await world.cards("notice")).filter((one) => one.text.includes("overrides"));
    expect(notices).toMatchObject([{ tone: "warning", people: expect.arrayContaining(["ben", "cy"]) }]);
    expect(notices[0]?.text).toContain("without leads and payments: The shop is down.");
    expect(await world.events("hold.answered")).toMatchObject([{ by: "ben", answer: "overridden" }]);
  });

  it("is for its group alone, wants a reason, and never lets a denial through", async () => {
    const world = await openHeld();
    const wish = { kind: "override", what: world.hold.runId, why: "I must." } as const;
    expect(await world.say("cy", wish)).toMatchObject({ reason: "Not done: only leads overrides a hold." });
    expect(await world.say("ben", { ...wish, why: " " })).toMatchObject({ kind: "refused" });
    world.organisation.breakGlass = null;
    expect(await world.say("ben", wish)).toMatchObject({ reason: expect.stringContaining("break_glass") });
    world.organisation.breakGlass = "leads";
    const denying = `@id("never")\n@message("Never.")\nforbid (principal, action, resource in Loom::Zone::"money");\n`;
    await world.ask("ben", wish);
    reread(world, [...world.organisation.rules, { label: "policies/x.cedar", text: denying }]);
    await world.drain();
    expect((await world.run()).outcome).toMatchObject({
      kind: "gave-up",
      reason: expect.stringContaining("Never."),
    });
    expect(await world.say("ben", wish)).toMatchObject({
      reason: expect.stringContaining("a denial or a wait cannot be overridden"),
    });
    expect(world.shop.show("src/price.txt")).toBe("price 12");
  });

  it("does not count when its author left the group before the landing", async () => {
    const world = await openHeld();
    await world.ask("ben", { kind: "override", what: world.hold.runId, why: "Quick." });
    group(world, "leads").members = ["ada"];
    await world.drain();
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    expect(await world.waiting()).toMatchObject({ id: world.hold.id });
  });
});

describe("freezing and stopping", () => {
  it("a freeze keeps what is approved from landing, and it lands by itself when the freeze is over", async () => {
    const world = await openHeld();
    const frozen = await world.say("cy", {
      kind: "freeze",
      zone: "money",
      until: untilIn(world, minutes(90)),
      why: "the audit",
    });
    expect(frozen).toMatchObject({ kind: "done", text: expect.stringContaining("The zone money is frozen") });
    for (const person of ["ada", "dan"])
      await world.ask(person, { kind: "approve", ...answering(world.hold) });
    await world.drain();
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    expect(await world.ask("cy", { kind: "status" })).toMatchObject({
      overview: { freezes: [{ zone: "money", by: "cy", why: "the audit" }] },
    });
    world.later(minutes(30));
    await sweepAndWork(world);
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    world.later(minutes(61));
    await sweepAndWork(world);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ada", "dan"] });
  });

  it("a freeze that comes between the ruling and the push keeps it from landing", async () => {
    const world = await openHeld();
    const { mergeCommit } = world.ports.code;
    let isFrozen = false;
    world.ports.code.mergeCommit = async (repository, merge, commit) => {
      const isLanding = commit.message.includes("Loom-Approved-By");
      if (isLanding && !isFrozen) {
        isFrozen = true;
        await world.ask("cy", { kind: "freeze", zone: null, until: untilIn(world, minutes(90)), why: "" });
      }
      return mergeCommit(repository, merge, commit);
    };
    for (const person of ["ada", "dan"])
      await world.say(person, { kind: "approve", ...answering(world.hold) });
    expect(isFrozen).toBe(true);
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    world.later(minutes(91));
    await sweepAndWork(world);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ada", "dan"] });
  });

  it("a person ends a freeze before its time; another zone's keeps nothing here", async () => {
    const world = await openHeld();
    const until = untilIn(world, minutes(90));
    await world.say("cy", { kind: "freeze", zone: null, until, why: "" });
    await world.say("cy", { kind: "freeze", zone: "tests", until, why: "" });
    for (const person of ["ada", "dan"])
      await world.ask(person, { kind: "approve", ...answering(world.hold) });
    await world.drain();
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    expect(await world.say("cy", { kind: "unfreeze", zone: "money" })).toMatchObject({ kind: "refused" });
    await world.say("cy", { kind: "unfreeze", zone: null });
    expect((await world.run()).outcome).toMatchObject({ kind: "landed" });
  });

  it("no time and no freeze's end lifts a stop; a person does", async () => {
    const world = await openHeld();
    await world.say("cy", { kind: "freeze", zone: null, until: untilIn(world, minutes(20)), why: "" });
    await world.say("ben", { kind: "pause", loop: "everything", why: "an incident" });
    for (const person of ["ada", "dan"])
      await world.ask(person, { kind: "approve", ...answering(world.hold) });
    await world.drain();
    world.later(minutes(600));
    await sweepAndWork(world);
    expect(world.shop.show("src/price.txt")).toBe("price 12");
    expect(await world.ask("cy", { kind: "status" })).toMatchObject({
      overview: { stop: { by: "ben", why: "an incident" }, freezes: [] },
    });
    await world.say("dan", { kind: "resume", loop: "everything" });
    expect((await world.run()).outcome).toMatchObject({ kind: "landed" });
  });

  it("refuses an unknown zone and a moment that is over, with what would do", async () => {
    const world = await openHeld();
    const wish = { kind: "freeze", zone: "mony", until: "18:00", why: "" } as const;
    expect(await world.ask("cy", wish)).toMatchObject({
      reason: expect.stringContaining("did you mean money?"),
    });
    expect(await world.ask("cy", { ...wish, zone: "money", until: "2020-01-01" })).toMatchObject({
      reason: expect.stringContaining("is over already"),
    });
    expect(await world.ask("eve", wish)).toMatchObject({ reason: expect.stringContaining("only everyone") });
  });
});

describe("why", () => {
  it("names the ruling, who met what, the facts, and makes it again", async () => {
    const world = await openHeld();
    await approve(world, "ada", world.hold);
    const held = await world.ask("cy", { kind: "why", what: world.hold.runId });
    expect(held).toMatchObject({
      ruling: {
        action: "land",
        ruling: { kind: "hold" },
        facts: expect.arrayContaining(["zones: money", "trust 0"]),
        replayed: "made again from these facts just now, it is the same",
      },
    });
    await approve(world, "dan", world.hold);
    const landed = await world.ask("cy", { kind: "why", what: world.hold.runId });
    expect(landed).toMatchObject({
      ruling: {
        ruling: {
          kind: "allow",
          discharged: [
            { reason: { rule: "every-change" }, by: ["ada"] },
            { reason: { rule: "money-is-payments", file: "policies/shop.cedar" }, by: ["dan"] },
          ],
        },
        approvals: ["ada", "dan"],
        replayed: "made again from these facts just now, it is the same",
      },
    });
  });
});

describe("the only author", () => {
  it("does not approve, not even by the other group", async () => {
    const shop = await openBrokenShop();
    const world = await openWorld({ shop, loops: [loopOf({ maker: commandMaker })] });
    govern(world);
    world.maker = async ({ checkout }) => {
      const { writeFile } = await import("node:fs/promises");
      await writeFile(`${checkout.dir}/src/price.txt`, "price 10\n");
    };
    await world.start();
    const { runId } = await world.waiting();
    await push({ ...world, branch: `loom/triage/${runId}` });
    const hold = await world.waiting();
    expect(await approve(world, "dan", hold)).toMatchObject({
      reason: expect.stringContaining("somebody else must approve it"),
    });
    await approve(world, "ada", hold);
    await approve(world, "cy", hold);
    expect((await world.run()).outcome).toMatchObject({ kind: "landed", approvedBy: ["ada", "cy"] });
  });
});

type Act =
  | { do: "approve"; who: string; which: "newest" | "first" }
  | { do: "reject"; who: string }
  | { do: "push" | "edit" | "look" }
  | { do: "leave" | "join"; who: string; group: string };

const who = fc.constantFrom("ada", "ben", "cy", "dan", "eve");
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("approve" as const),
      who,
      which: fc.constantFrom("newest" as const, "first" as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reject" as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("push" as const, "edit" as const, "look" as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("leave" as const, "join" as const),
      who,
      group: fc.constantFrom("leads", "payments"),
    }),
  },
);

/** Nothing but `push` and `look` lets the run look: what comes between them is there at once. */
async function happens(
  world: World & { hold: Hold; branch: string },
  one: Act,
  count: { payments: number },
): Promise<void> {
  switch (one.do) {
    case "approve":
    case "reject": {
      const newest = (await world.holds()).at(-1) ?? world.hold;
      const hold = one.do === "approve" && one.which === "first" ? world.hold : newest;
      const command =
        one.do === "approve"
          ? { kind: one.do, ...answering(hold) }
          : { kind: one.do, ...answering(hold), note: "no" };
      await world.ask(one.who, command);
      return;
    }
    case "push":
      if ((await world.run()).status !== "ended") await push(world);
      return;
    case "edit": {
      count.payments = 3 - count.payments;
      const text = moneyRule.text.replace("payments:1", `payments:${count.payments}`);
      const others = world.organisation.rules.filter((file) => file.label !== moneyRule.label);
      reread(world, [...others, { ...moneyRule, text }]);
      return;
    }
    case "look":
      await world.record.transact((tx) => tx.wake(world.hold.runId).then(() => undefined));
      await world.drain();
      return;
    case "leave":
    case "join": {
      const { members } = group(world, one.group);
      const others = members.filter((member) => member !== one.who);
      // Rules that ask more people than a group has do not load.
      if (one.do === "join") group(world, one.group).members = [...others, one.who];
      else if (others.length >= 2) group(world, one.group).members = others;
    }
  }
}

describe("whatever comes in between", () => {
  const numRuns = process.env["LOOM_TEST_CRASHES"] === "all" ? 60 : 5;

  it("nothing lands without the approvals that its very digest needs, from people who are in the groups then", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 9 }), async (acts) => {
        const world = await openHeld();
        const count = { payments: 1 };
        for (const one of [...acts, { do: "look" } as const]) {
          await happens(world, one, count);
          const run = await world.run();
          if (run.outcome?.kind !== "landed") continue;
          const hold = present(
            (await world.holds()).findLast((each) => each.state === "approved"),
            "approved hold",
          );
          expect(hold.policyDigest).toBe(policiesOf(world.ports).digest);
          expect(hold.head).toBe((await world.record.change(run.id))?.head);
          const by = new Set(
            hold.approvals.filter((each) => each.answer === "approved").map((each) => each.person),
          );
          for (const person of run.outcome.approvedBy) expect(by).toContain(person);
          const among = (name: string) =>
            [...by].filter((person) => group(world, name).members.includes(person));
          expect(among("leads").length).toBeGreaterThanOrEqual(1);
          expect(among("payments").length).toBeGreaterThanOrEqual(count.payments);
          expect(hold.approvals.every((each) => each.answer !== "rejected")).toBe(true);
          return;
        }
      }),
      { numRuns },
    );
  }, 240_000);
});
