import { describe, expect, it } from "vitest";
import type { ApprovalFact, ConflictFact } from "../../src/domain/policy-facts.ts";
import { decide } from "../../src/policy/decide.ts";
import { calling, deploying, landing, setWith } from "./samples.ts";

const land = `principal, action == Loom::Action::"land", resource`;
const lead = (person: string): ApprovalFact => ({ person, groups: ["leads", "everyone"] });

describe("the ruling on an action", () => {
  it("is a denial when nothing permits it", () => {
    const set = setWith([
      { label: "a.cedar", text: `@id("p") permit (principal, action == Loom::Action::"land", resource);` },
    ]);
    expect(decide(landing(), set).kind).toBe("allow");
    expect(decide(deploying("2026-03-03T10:00:00.000Z"), set)).toMatchObject({
      kind: "deny",
      reasons: [{ rule: "engine", text: "No rule permits triage to deploy this." }],
    });
  });

  it("is a denial by a rule without @hold or @retry, and asks nobody, even where other rules would hold or wait", () => {
    const set = setWith(`
      @id("asks") @message("Asks.") @hold("leads:1") forbid (${land});
      @id("waits") @message("Waits.") @retry("time") forbid (${land}) when { context.clock.minutes < 1440 };
      @id("no") @message("No, {loop}.") forbid (${land}) when { context.lines == 3 };`);
    const ruling = decide(landing({}, { approvals: [lead("ada"), lead("ben")] }), set);
    expect(ruling).toMatchObject({ kind: "deny", reasons: [{ rule: "no", text: "No, triage." }] });
    expect(ruling.reasons).toHaveLength(1);
  });

  it("is a hold until every group has given its count, by distinct people", () => {
    const set = setWith(`@id("two") @message("Two.") @hold("leads:2,everyone:1") forbid (${land});`);
    expect(decide(landing(), set)).toMatchObject({
      kind: "hold",
      needs: [
        { group: "leads", count: 2 },
        { group: "everyone", count: 1 },
      ],
    });
    const once = { approvals: [lead("ada"), lead("ada")] };
    expect(decide(landing({}, once), set).kind).toBe("hold");
    const cy: ApprovalFact = { person: "cy", groups: ["everyone"] };
    expect(decide(landing({}, { approvals: [lead("ada"), cy] }), set).kind).toBe("hold");
    expect(decide(landing({}, { approvals: [lead("ada"), lead("ben")] }), set)).toMatchObject({
      kind: "allow",
      discharged: [{ reason: { rule: "two" }, by: ["ada", "ben"] }],
    });
  });

  it("asks the higher count of two rules for the same group, and lists both", () => {
    const set = setWith(`
      @id("one") @message("One.") @hold("leads:1") forbid (${land});
      @id("two") @message("Two.") @hold("leads:2") forbid (${land});`);
    const ruling = decide(landing(), set);
    expect(ruling).toMatchObject({ kind: "hold", needs: [{ group: "leads", count: 2 }] });
    expect(ruling.reasons.map((reason) => reason.rule)).toEqual(["one", "two"]);
    expect(decide(landing({}, { approvals: [lead("ben")] }), set)).toMatchObject({
      kind: "hold",
      reasons: [{ rule: "two" }],
    });
  });

  it("asks people of the moment: the loop's owner, the owner of what is undone, and whom CODEOWNERS names", () => {
    const set = setWith(`
      @id("owner") @message("o") @hold("loop-owner:1") forbid (${land}) when { context.lines > 100 };
      @id("undone") @message("{undone}") @hold("undone-owner:1") forbid (${land})
        when { context.conflicts.contains(Loom::Conflict::"undo") };
      @id("code") @message("c") @hold("code-owners:1") forbid (${land}) when { context.unowned > 4 };`);
    expect(decide(landing({ lines: 101 }), set)).toMatchObject({
      needs: [{ group: "the owner of triage", people: ["ada"], count: 1 }],
    });
    const undo: ConflictFact = {
      ...{ id: "c", kind: "undo", with: "tidy (12345678)", owner: "ben" },
      severity: "hold",
      ...{ text: "It undoes tidy's work.", paths: [] },
    };
    expect(decide(landing({ conflicts: [undo, { ...undo, id: "d", owner: null }] }), set)).toMatchObject({
      reasons: [{ rule: "undone", text: "It undoes tidy's work. It undoes tidy's work." }],
      needs: [
        { group: "the owner of tidy", people: ["ben"], count: 1 },
        { group: "leads", count: 1 },
      ],
    });
    const owned = { unowned: 5, owners: ["@a/x", "@b"], knownOwners: [{ group: "everyone", person: null }] };
    expect(decide(landing(owned), set)).toMatchObject({
      needs: [
        { group: "everyone", count: 1 },
        { group: "leads", count: 1 },
      ],
    });
    const byBen = { approvals: [{ person: "ben", groups: [] }] };
    expect(decide(landing({ conflicts: [undo] }, byBen), set).kind).toBe("allow");
  });

  it("fills messages in from the facts, on one line, and names paths in the zones that the rule names", () => {
    const set = setWith(`@id("ledger") @message("{files} files in {zones}: {paths}") @hold("leads:1")
      forbid (principal, action == Loom::Action::"land", resource in Loom::Zone::"ledger");`);
    const touched = { "services/ledger/a\n\u202eb.ts": 1, "src/x.ts": 2, "services/ledger/c.ts": 1 };
    expect(decide(landing({ touched, files: 3 }), set)).toMatchObject({
      reasons: [
        {
          rule: "ledger",
          file: "policies/test.cedar",
          text: "3 files in ledger, unzoned: services/ledger/a b.ts, services/ledger/c.ts",
          paths: ["services/ledger/a\n\u202eb.ts", "services/ledger/c.ts"],
        },
      ],
    });
  });

  it("knows both sides of a rename, any case, and files whose names begin with a dot", () => {
    const set = setWith(
      `@id("c") @message("c") forbid (principal, action == Loom::Action::"land", resource in Loom::Zone::"controls");`,
    );
    for (const path of [
      ".github/workflows/x.yml",
      "DOCS/Agents.MD",
      "packages/a/.mcp.json",
      ".gitattributes",
      "x/CODEOWNERS",
      "policies/org.yml",
    ])
      expect([path, decide(landing({ touched: { [path]: 0, "src/b.ts": 1 } }), set).kind]).toEqual([
        path,
        "deny",
      ]);
    expect(decide(landing({ touched: { "src/github.ts": 1 } }), set).kind).toBe("allow");
  });

  it("counts changed lines by zone, and edges by the zones of both ends", () => {
    const set = setWith(`
      @id("much") @message("m") forbid (${land}) when { resource.hasTag("ledger") && resource.getTag("ledger") > 50 };
      @id("edge") @message("{newEdges}") forbid (${land}) when { context.newEdges.contains("ui->db") };`);
    expect(decide(landing({ touched: { "services/ledger/a": 25, "services/ledger/b": 25 } }), set).kind).toBe(
      "allow",
    );
    expect(decide(landing({ touched: { "services/ledger/a": 25, "services/ledger/b": 26 } }), set).kind).toBe(
      "deny",
    );
    const newImports = [{ from: "apps/web/src/a.ts", to: "packages/db/index.ts" }];
    expect(decide(landing({ newImports }), set)).toMatchObject({
      kind: "deny",
      reasons: [{ text: "ui->db" }],
    });
    const back = [{ from: "packages/db/index.ts", to: "apps/web/src/a.ts" }];
    expect(decide(landing({ newImports: back }), set).kind).toBe("allow");
  });
});

describe("waiting", () => {
  const night = `@id("night") @message("It is {time}.") @retry("time")
    forbid (principal, action == Loom::Action::"deploy", resource == Loom::Environment::"production")
    when { context.clock.minutes < 420 };`;

  it("names the first quarter of an hour in which nothing is in the way, by the organisation's clock", () => {
    const set = setWith(night);
    expect(decide(deploying("2026-11-24T02:07:00.000Z"), set)).toMatchObject({
      kind: "wait",
      until: new Date("2026-11-24T06:00:00Z"),
      reasons: [{ text: "It is 03:07." }],
    });
    expect(decide(deploying("2026-11-24T05:59:59.999Z"), set)).toMatchObject({
      until: new Date("2026-11-24T06:00:00Z"),
    });
    expect(decide(deploying("2026-11-24T06:00:00.000Z"), set).kind).toBe("allow");
  });

  it("follows the wall clock over both changes of daylight saving", () => {
    const set = setWith(night);
    const until = (at: string) => decide(deploying(at), set);
    expect(until("2026-03-29T00:30:00.000Z")).toMatchObject({ until: new Date("2026-03-29T05:00:00Z") });
    expect(until("2026-10-25T00:30:00.000Z")).toMatchObject({ until: new Date("2026-10-25T06:00:00Z") });
    expect(decide(deploying("2026-03-29T05:00:00.000Z"), set).kind).toBe("allow");
    expect(decide(deploying("2026-10-25T05:00:00.000Z"), set).kind).toBe("wait");
  });

  it("is a denial when no moment of the next eight days is open", () => {
    const set = setWith(`@id("never") @message("n") @retry("time")
      forbid (principal, action == Loom::Action::"deploy", resource) when { context.clock.minutes >= 0 };`);
    expect(decide(deploying("2026-11-24T02:00:00.000Z"), set)).toMatchObject({
      kind: "deny",
      reasons: [{ rule: "never" }, { rule: "engine" }],
    });
  });

  it("waits for a freeze of weeks, and then for the window; a person's stop has no end", () => {
    const standing = {
      freezes: [
        {
          ...{ name: "holidays", zone: null, why: "Holidays." },
          from: new Date("2026-12-18T00:00:00Z"),
          until: new Date("2027-01-04T02:00:00Z"),
        },
      ],
    };
    const set = setWith(night, standing);
    expect(decide(deploying("2026-12-19T10:00:00.000Z"), set)).toMatchObject({
      kind: "wait",
      until: new Date("2027-01-04T06:00:00Z"),
      reasons: [{ rule: "frozen", text: expect.stringContaining("Holidays.") }],
    });
    expect(decide(deploying("2026-12-17T10:00:00.000Z"), set).kind).toBe("allow");
    const freezes = [{ kind: "stop", zone: null, until: null, by: "ben", why: "Incident." }] as const;
    expect(decide(landing({}, { freezes: [...freezes] }), set)).toMatchObject({ kind: "wait", until: null });
    expect(decide(deploying("2026-12-19T10:00:00.000Z", { freezes: [...freezes] }), set)).toMatchObject({
      kind: "wait",
      until: null,
    });
    const other = [{ ...freezes[0], kind: "freeze", zone: "ledger" }] as const;
    expect(decide(landing({}, { freezes: [...other] }), set).kind).toBe("allow");
    expect(decide(landing({ touched: { "services/ledger/a": 1 } }, { freezes: [...other] }), set).kind).toBe(
      "wait",
    );
  });
});

describe("a tool", () => {
  it("is called only by the loops that org.yml lists, and only when it is known", () => {
    const set = setWith("");
    expect(decide(calling("jira.comment"), set).kind).toBe("allow");
    const loop = { ...landing().loop, name: "tidy" };
    expect(decide(calling("jira.comment", { loop }), set)).toMatchObject({
      kind: "deny",
      reasons: [{ rule: "tool-list" }],
    });
    expect(decide(calling("prod.shell"), set)).toMatchObject({ kind: "deny", reasons: [{ rule: "engine" }] });
  });

  it("that writes is told from one that reads by org.yml, not by its name", () => {
    const set = setWith(`@id("t") @message("{taints}") @hold("leads:1")
      forbid (principal, action == Loom::Action::"call", resource) when { context.tainted && context.writes };`);
    expect(decide(calling("jira.comment", { taints: ["issue"] }), set)).toMatchObject({
      kind: "hold",
      reasons: [{ text: "issue" }],
    });
    expect(decide(calling("jira.read", { taints: ["issue"] }), set).kind).toBe("allow");
  });
});

describe("two sets in turn", () => {
  it("do not mix, however often they are exchanged", () => {
    const small = setWith(`@id("x") @message("x") forbid (${land}) when { context.lines > 1 };`);
    const large = setWith(`@id("x") @message("x") forbid (${land}) when { context.lines > 100 };`);
    const third = setWith(
      `@id("x") @message("x") @hold("leads:1") forbid (${land}) when { context.lines > 1 };`,
    );
    for (let round = 0; round < 5; round += 1) {
      expect(decide(landing(), small).kind).toBe("deny");
      expect(decide(landing(), large).kind).toBe("allow");
      expect(decide(landing(), third).kind).toBe("hold");
    }
    expect(new Set([small.digest, large.digest, third.digest]).size).toBe(3);
  });
});
