import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFailed } from "vitest";
import { until } from "../services/until.ts";
import { installPackage, type Package } from "./package.ts";
import { git, loom, type Product, startDev, type TempHome, tempHome } from "./product.ts";

const executablePath = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium"].find((path) => existsSync(path));
if (executablePath === undefined)
  console.warn("skipped: the story in a browser; install chromium, or name its program in CHROMIUM");

const withinMs = 60_000;
const outcomesWithinMs = 150_000;

// One story, told in its order: each fact stands on those before it.
describe.skipIf(executablePath === undefined)("the story in a browser", () => {
  let shipped: Package;
  let temp: TempHome;
  let dev: Product;
  let browser: Browser;
  let page: Page;
  let shots: string;
  const complaints: string[] = [];
  let landed = "";

  beforeAll(async () => {
    shipped = await installPackage();
    temp = await tempHome();
    shots = process.env["E2E_SCREENSHOTS"] ?? (await mkdtemp(join(tmpdir(), "loom-shots-")));
    await mkdir(shots, { recursive: true });
    dev = await startDev(shipped, temp);
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      // Chromium's own sandbox does not start as root in a container.
      args: ["--no-sandbox"],
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    page = await context.newPage();
    page.setDefaultTimeout(withinMs);
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(dev.url);
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await dev?.stop();
    await temp?.remove();
    await shipped?.remove();
    if (process.env["E2E_SCREENSHOTS"] === undefined && shots !== undefined)
      await rm(shots, { recursive: true, force: true });
  }, 60_000);

  beforeEach(() => {
    onTestFailed(async () => {
      console.info(`what loom dev said:\n${dev.said()}`);
      await page.screenshot({ path: join(shots, "failed.png") });
    });
  });

  const shoot = (name: string) => page.screenshot({ path: join(shots, `${name}.png`) });
  const openChannel = (name: string) => page.locator("#channels").getByText(name, { exact: true }).click();
  const message = (...texts: string[]): Locator =>
    texts.reduce((found, text) => found.filter({ hasText: text }), page.locator("#messages .message"));
  const become = (name: string) => page.locator("#me").selectOption({ label: name });
  const type = async (text: string) => {
    const box = page.locator("#composer textarea");
    await box.fill(text);
    await box.press("Escape");
    await box.press("Enter");
  };

  it("opens as a chat, with the loop's channel and the command at hand", async () => {
    await become("Alice Adler");
    await openChannel("triage");
    await page.locator("#composer textarea").fill("/loom st");
    await shoot("1-typing");
    await type("/loom start triage");
    await message("triage is running").waitFor();
    await shoot("2-started");
  });

  it("shows the three outcomes within its time", async () => {
    const within = { timeout: outcomesWithinMs };
    await message("Approve landing", "shipping:").waitFor(within);
    await message("Approve landing", "round half a cent").waitFor(within);
    await message("has never passed", "Retry").waitFor(within);
    await shoot("3-outcomes");
  }, 180_000);

  it("says on the card why each change is held", async () => {
    const bug = message("Approve landing", "shipping:");
    await bug.scrollIntoViewIfNeeded();
    await bug.screenshot({ path: join(shots, "4-hold-bug.png") });
    expect(await bug.textContent()).toContain("Every change of triage is approved by maintainers.");
    const rounding = message("Approve landing", "round half a cent");
    await rounding.scrollIntoViewIfNeeded();
    await rounding.screenshot({ path: join(shots, "5-hold-rounding.png") });
    const text = await rounding.textContent();
    expect(text).toContain("Undoes a deliberate change by tidy");
    expect(text).toContain("Round half to even, as finance decided");
    const inbox = message("has never passed", "Retry");
    await inbox.screenshot({ path: join(shots, "6-inbox.png") });
  });

  it("shows the diff in a window of its own", async () => {
    await message("Approve landing", "shipping:").getByRole("button", { name: "Show diff" }).click();
    await page.locator("#modal[open]").waitFor();
    await page.locator("#modal").getByText("diff --git").first().waitFor();
    await shoot("7-diff");
    await page.keyboard.press("Escape");
    await page.locator("#modal[open]").waitFor({ state: "detached" });
  });

  it("lands the bug's revert when alice approves it", async () => {
    await approve(message("Approve landing", "shipping:"));
    const remote = join(temp.home, "sample", "shop.git");
    const last = () => git(remote, "log", "-1", "--format=%B", "main");
    await until("the landing", async () => /^Loom-Approved-By: alice$/m.test(await last()), withinMs);
    landed = await git(remote, "rev-parse", "main");
    expect(await last()).toMatch(/^Loom-Run: r-[0-9a-z]{10}$/m);
    expect(await last()).toMatch(/^Loom-Loop: triage$/m);
    expect(await last()).toMatch(/^Loom-Finding: f-[0-9a-f]{12}$/m);
    const card = message("Landed as", "free shipping").first();
    await card.waitFor();
    await card.scrollIntoViewIfNeeded();
    await shoot("8-landed");
  });

  it("refuses erin's click on the other change, and tells her whom it is for", async () => {
    await become("Erin Castillo");
    await openChannel("triage");
    await approve(message("Approve landing", "round half a cent"));
    const refused = message("this is for the owner of tidy, maintainers and payments to answer");
    await refused.waitFor();
    await refused.scrollIntoViewIfNeeded();
    await shoot("9-erin-refused");
    expect(await message("Approve landing", "round half a cent").count()).toBe(1);
  });

  it("shows in App Home what waits, what landed and what needs a person", async () => {
    await become("Alice Adler");
    await page.locator("#apps button").click();
    await page.locator("#home").getByText("Pause everything").waitFor();
    const text = await page.locator("#home").textContent();
    expect(text).toContain("round half a cent");
    expect(text).toContain("shipping:");
    expect(text).toContain("accents need not be typed");
    await shoot("10-home");
    const home = page.locator("#home");
    await home.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await shoot("11-home-below");
  });

  it("answers which loop made the landed commit, in the chat and in a second process", async () => {
    await openChannel("triage");
    await type(`/loom trace ${landed.slice(0, 12)}`);
    const answer = message(landed.slice(0, 7), "was made by triage", "Approved by Alice Adler");
    await answer.waitFor();
    await answer.scrollIntoViewIfNeeded();
    await shoot("12-trace");
    const traced = JSON.parse((await loom(shipped, temp, "trace", landed, "--json")).stdout);
    expect(traced.trace).toMatchObject({
      sha: landed,
      loop: "triage",
      maker: "bisect",
      approvedBy: ["alice"],
    });
  });

  it("has told both owners in the other loop's channel", async () => {
    await openChannel("tidy");
    await message("would be exactly what they were before").waitFor();
    await shoot("13-tidy");
  });

  it("asks payments besides, and a push in between voids what bob has approved", async () => {
    await openChannel("triage");
    await become("Bob Okafor");
    await openChannel("triage");
    const card = message("Approve landing", "round half a cent");
    // Its buttons are drawn anew while he is asked whether he means it.
    await approve(card, () =>
      card
        .getByRole("button", { name: "Approve" })
        .locator("..")
        .evaluate((buttons) => buttons.replaceWith(buttons.cloneNode(true))),
    );
    await card.filter({ hasText: "maintainers: 1 of 1, by Bob Okafor" }).waitFor();
    await card.filter({ hasText: "payments: 0 of 1; needs one of" }).waitFor();
    await card.screenshot({ path: join(shots, "17-first-of-two.png") });

    const remote = join(temp.home, "sample", "shop.git");
    const runId = /r-[0-9a-z]{10}/.exec((await card.textContent()) ?? "")?.[0] ?? "";
    const branch = `refs/heads/loom/triage/${runId}`;
    const as = ["-c", "user.name=Dan Moreau", "-c", "user.email=dan@example.com"];
    const pushed = await git(
      remote,
      ...as,
      "commit-tree",
      `${branch}^{tree}`,
      "-p",
      branch,
      "-m",
      "Look again",
    );
    await git(remote, "update-ref", branch, pushed);
    await message("Voided: somebody pushed", "The approval of").waitFor();
    await message("Voided: somebody pushed").screenshot({ path: join(shots, "18-voided.png") });
    await card.filter({ hasText: "maintainers: 0 of 1" }).waitFor();
  }, 120_000);

  it("lands with the approvals of both, and why explains it", async () => {
    const card = message("Approve landing", "round half a cent");
    await approve(card);
    await card.filter({ hasText: "maintainers: 1 of 1, by Bob Okafor" }).waitFor();
    const runId = /r-[0-9a-z]{10}/.exec((await card.textContent()) ?? "")?.[0] ?? "";
    // She acts as soon as she is chosen, though what she may see is still on its way.
    let show = (): void => {};
    const shown = new Promise<void>((resolve) => {
      show = resolve;
    });
    await page.route("**/events?*", (route) => shown.then(() => route.continue()), { times: 1 });
    await become("Carol Lindqvist");
    await approve(card);
    show();
    const remote = join(temp.home, "sample", "shop.git");
    const last = () => git(remote, "log", "-1", "--format=%B", "main");
    const both = /^Loom-Approved-By: bob\nLoom-Approved-By: carol$/m;
    await until("the landing", async () => both.test(await last()), withinMs);
    await type(`/loom why ${runId}`);
    const why = message("money-is-payments", "it is the same", "loom policy explain");
    await why.waitFor();
    await why.screenshot({ path: join(shots, "19-why.png") });
    await become("Alice Adler");
  }, 120_000);

  it("reads as well in the dark, on a small screen, and in the other answers", async () => {
    await openChannel("triage");
    for (const words of ["status", "inbox", "digest", "help", "stauts"]) {
      const before = await page.locator("#messages .message").count();
      await type(`/loom ${words}`);
      await until(words, async () => (await page.locator("#messages .message").count()) > before, withinMs);
      await page.locator("#messages .message").last().scrollIntoViewIfNeeded();
      await shoot(`14-${words}`);
    }
    await page.locator("#theme").click();
    await shoot("15-dark");
    await page.setViewportSize({ width: 390, height: 780 });
    // The list of channels slides out of the way.
    await page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))");
    await message("Voided: somebody pushed").scrollIntoViewIfNeeded();
    await shoot("16-narrow");
  });

  it("made the browser complain about nothing", () => {
    expect(complaints).toEqual([]);
  });

  /** Presses Approve, and says yes where the card asks whether it is meant. */
  async function approve(card: Locator, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
    await card.getByRole("button", { name: "Approve" }).click();
    const sure = page.locator("#confirm[open]");
    if (!(await sure.isVisible())) return;
    await shoot("confirm");
    await meanwhile();
    await sure.getByRole("button", { name: "Approve it" }).click();
  }
});
