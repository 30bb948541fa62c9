import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openQueue } from "../../src/adapters/queue/open-queue.ts";
import type { Queue, QueueHandlers, Schedule } from "../../src/ports/queue.ts";
import { until } from "../services/until.ts";
import { takeAndDie } from "./queue-kill.ts";
import type { QueuePlaceUnderTest } from "./queue-place.ts";

const leaseMs = 1_500;
const idle: QueueHandlers = { advance: async () => {}, tick: async () => {}, digest: async () => {} };
const everySecond = "* * * * * *";
const tick = (loop: string, pattern: string, timezone = "Europe/Berlin"): Schedule => ({
  id: `tick-${loop}`,
  pattern,
  timezone,
  job: { kind: "tick", loop, why: "schedule" },
});
const digest: Schedule = { id: "digest", pattern: "0 17 * * *", timezone: "UTC", job: { kind: "digest" } };

/** What every queue promises, whatever it runs on. */
export function queueContract(name: string, start: () => Promise<QueuePlaceUnderTest>): void {
  describe(`queue on ${name}`, () => {
    let under: QueuePlaceUnderTest;
    let opened: Queue[] = [];
    let logged: string[] = [];
    let runs = 0;

    const newRun = () => `r-${String(++runs).padStart(10, "0")}`;
    const log = (level: string, text: string) => logged.push(`${level} ${text}`);
    const open = async (concurrency = 4) => {
      const queue = await openQueue(under.place(), { concurrency, leaseMs, log });
      opened.push(queue);
      return queue;
    };
    const advance = (queue: Queue, runId: string, jobId = `${runId}-v1`) =>
      queue.add(jobId, { kind: "advance", runId });
    const withRaw = async <T>(use: (raw: ReturnType<typeof under.raw>) => Promise<T>): Promise<T> => {
      const raw = under.raw();
      try {
        return await use(raw);
      } finally {
        await raw.close();
      }
    };

    beforeAll(async () => {
      under = await start();
    });
    afterEach(async () => {
      await Promise.all(opened.map((queue) => queue.close(0)));
      opened = [];
      logged = [];
      await under.clear();
    });
    afterAll(() => under?.stop());

    it("hands a hint to its handler", async () => {
      const queue = await open();
      const seen: unknown[] = [];
      await queue.work({
        advance: async (runId, signal) => void seen.push([runId, signal.aborted]),
        tick: async (loop, why) => void seen.push([loop, why]),
        digest: async () => {},
      });
      await queue.add("r-abcdefghij-v1", { kind: "advance", runId: "r-abcdefghij" });
      await queue.add("tick-triage-1", { kind: "tick", loop: "triage", why: "commit" });
      await until("both are seen", () => seen.length === 2);
      expect(seen).toEqual(
        expect.arrayContaining([
          ["r-abcdefghij", false],
          ["triage", "commit"],
        ]),
      );
    });

    it("handles the same job id once, before and after it was done", async () => {
      const queue = await open();
      const seen: string[] = [];
      const [twice, last] = [newRun(), newRun()];
      await advance(queue, twice);
      await advance(queue, twice);
      await queue.work({ ...idle, advance: async (runId) => void seen.push(runId) });
      await until("the first is seen", () => seen.includes(twice));
      await advance(queue, twice);
      await advance(queue, last);
      await until("the last is seen", () => seen.includes(last));
      expect(seen).toEqual([twice, last]);
    });

    it.each(["", "123", "a:b"])("refuses the job id %j, which BullMQ would misread", async (jobId) => {
      const queue = await open();
      await expect(advance(queue, newRun(), jobId)).rejects.toThrow(/a job id must not be/);
    });

    it("works on 200 hints, as many at once as it was told", async () => {
      const queue = await open(5);
      const seen: string[] = [];
      let [now, most] = [0, 0];
      await queue.work({
        ...idle,
        advance: async (runId) => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setImmediate(resolve));
          now--;
          seen.push(runId);
        },
      });
      const wanted = Array.from({ length: 200 }, newRun);
      await Promise.all(wanted.map((runId) => advance(queue, runId)));
      await until("all are seen", () => seen.length >= 200, 20_000);
      expect(seen.toSorted()).toEqual(wanted.toSorted());
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(5);
    });

    it("lets a hint that is next go before those that wait", async () => {
      const queue = await open(1);
      const [waiting, next] = [[newRun(), newRun(), newRun()], newRun()];
      for (const runId of waiting) await advance(queue, runId);
      await queue.add(`${next}-v7`, { kind: "advance", runId: next, isNext: true });
      const seen: string[] = [];
      await queue.work({ ...idle, advance: async (runId) => void seen.push(runId) });
      await until("all are seen", () => seen.length === 4, 20_000);
      expect(seen).toEqual([next, ...waiting]);
    });

    it("tries again when a handler throws", async () => {
      const queue = await open();
      let tries = 0;
      await queue.work({
        ...idle,
        advance: async () => {
          if (++tries < 2) throw new Error("git: remote hung up");
        },
      });
      await advance(queue, newRun());
      await until("a second try", () => tries === 2);
      expect(logged.join("\n")).toMatch(
        /warn .*failed \(try 1 of \d+\): git: remote hung up; it is tried again/,
      );
    });

    it("drops a hint that keeps failing, and says so", async () => {
      const queue = await open();
      const [bad, good] = [newRun(), newRun()];
      const seen: string[] = [];
      await queue.work({
        ...idle,
        advance: async (runId) => {
          seen.push(runId);
          if (runId === bad) throw new Error("no such mirror");
        },
      });
      const retry = { attempts: 2, backoff: { type: "fixed", delay: 10 } };
      await withRaw((raw) => raw.add("advance", { runId: bad }, { jobId: `${bad}-v1`, ...retry }));
      await until("it is dropped", () =>
        logged.some((line) => /^error .*no such mirror; the hint is dropped/.test(line)),
      );
      await advance(queue, good);
      await until("the next hint is seen", () => seen.includes(good));
      expect(seen.filter((runId) => runId === bad)).toHaveLength(2);
    });

    it.each([
      ["an unknown name", "reboot", {}],
      ["a run id with a path in it", "advance", { runId: "../../etc" }],
      ["no run id", "advance", {}],
      ["a loop that is a list", "tick", { loop: ["triage"], why: "x" }],
      ["data that is no object", "digest", "now"],
    ])("drops a job with %s and says so", async (_, jobName, data) => {
      const queue = await open();
      const seen: string[] = [];
      const runId = newRun();
      await queue.work({
        advance: async (id) => void seen.push(id),
        tick: async (loop) => void seen.push(loop),
        digest: async () => void seen.push("digest"),
      });
      await withRaw((raw) => raw.add(jobName, data));
      await until("it is logged", () => logged.some((line) => /^warn queue: dropped job/.test(line)));
      await advance(queue, runId);
      await until("the next hint is seen", () => seen.length > 0);
      expect(seen).toEqual([runId]);
      expect(logged.filter((line) => line.includes("dropped job"))).toHaveLength(1);
    });

    it("gives one hint to one of two workers", async () => {
      const [one, other] = [await open(), await open()];
      const [now, seen] = [new Set<string>(), new Map<string, number>()];
      const overlaps: string[] = [];
      const handlers: QueueHandlers = {
        ...idle,
        advance: async (runId) => {
          if (now.has(runId)) overlaps.push(runId);
          now.add(runId);
          await new Promise((resolve) => setImmediate(resolve));
          now.delete(runId);
          seen.set(runId, (seen.get(runId) ?? 0) + 1);
        },
      };
      await Promise.all([one.work(handlers), other.work(handlers)]);
      const wanted = Array.from({ length: 40 }, newRun);
      await Promise.all(wanted.flatMap((runId) => [advance(one, runId), advance(other, runId)]));
      await until("all are seen", () => seen.size === 40);
      expect(overlaps).toEqual([]);
      expect([...seen.values()].every((times) => times === 1)).toBe(true);
    });

    it("keeps one waiting tick a loop", async () => {
      const queue = await open();
      const ticked: string[] = [];
      for (const id of ["a", "b", "c"]) {
        await queue.add(`tick-${id}`, { kind: "tick", loop: "triage", why: id });
        await queue.add(`tidy-${id}`, { kind: "tick", loop: "tidy", why: id });
      }
      const last = newRun();
      await advance(queue, last);
      let isLastSeen = false;
      await queue.work({
        ...idle,
        tick: async (loop) => void ticked.push(loop),
        advance: async () => {
          isLastSeen = true;
        },
      });
      await until("what came after the ticks is seen", () => isLastSeen && ticked.length >= 2);
      expect(ticked.toSorted()).toEqual(["tidy", "triage"]);
    });

    it("ticks once more, not at once, when ticks come while one is active", async () => {
      const queue = await open();
      const ticked: string[] = [];
      let [now, most] = [0, 0];
      let finishFirst = () => {};
      const first = new Promise<void>((resolve) => {
        finishFirst = resolve;
      });
      await queue.work({
        ...idle,
        tick: async (_, why) => {
          most = Math.max(most, ++now);
          ticked.push(why);
          await first;
          now--;
        },
      });
      await queue.add("tick-1", { kind: "tick", loop: "triage", why: "first" });
      await until("the first is active", () => ticked.length === 1);
      await queue.add("tick-2", { kind: "tick", loop: "triage", why: "second" });
      await queue.add("tick-3", { kind: "tick", loop: "triage", why: "third" });
      finishFirst();
      await until("one more", () => ticked.length === 2);
      await queue.add("tick-4", { kind: "tick", loop: "triage", why: "fourth" });
      await until("a later one is not blocked", () => ticked.includes("fourth"));
      expect(ticked.slice(0, 2)).toEqual(["first", "third"]);
      expect(most).toBe(1);
    });

    it("ticks again under the id of a tick that is done", async () => {
      const queue = await open();
      let ticks = 0;
      await queue.work({ ...idle, tick: async () => void ticks++ });
      await queue.add("tick-triage-1", { kind: "tick", loop: "triage", why: "x".repeat(5_000) });
      await until("the first", () => ticks === 1);
      await until("the second", async () => {
        await queue.add("tick-triage-1", { kind: "tick", loop: "triage", why: "a new record" });
        return ticks >= 2;
      });
    });

    it("ticks again after a tick that failed for good", async () => {
      const queue = await open();
      const ticked: string[] = [];
      await queue.work({
        ...idle,
        tick: async (_, why) => {
          ticked.push(why);
          if (why === "bad") throw new Error("no such branch");
        },
      });
      const once = { attempts: 1, deduplication: { id: "tick-triage", keepLastIfActive: true } };
      await withRaw((raw) => raw.add("tick", { loop: "triage", why: "bad" }, { jobId: "tick-bad", ...once }));
      await until("it failed", () =>
        logged.some((line) => line.includes("no such branch; the hint is dropped")),
      );
      await queue.add("tick-good", { kind: "tick", loop: "triage", why: "good" });
      await until("the next tick is seen", () => ticked.includes("good"));
    });

    it("makes the schedules exactly the given ones, and leaves other people's alone", async () => {
      const queue = await open();
      await withRaw((raw) => raw.upsertJobScheduler("backup", { pattern: "0 3 * * *" }, { name: "backup" }));
      await queue.schedule([tick("triage", "0 7 * * 1-5"), tick("tidy", "0 3 * * *"), digest]);
      await queue.schedule([tick("triage", "30 8 * * 1-5", "Asia/Tokyo"), digest]);
      const schedulers = await withRaw((raw) => raw.getJobSchedulers(0, -1));
      const known = Object.fromEntries(schedulers.map(({ key, pattern, tz }) => [key, `${pattern} ${tz}`]));
      expect(known).toEqual({
        "tick-triage": "30 8 * * 1-5 Asia/Tokyo",
        digest: "0 17 * * * UTC",
        backup: "0 3 * * * undefined",
      });
      await queue.schedule([]);
      expect((await withRaw((raw) => raw.getJobSchedulers(0, -1))).map(({ key }) => key)).toEqual(["backup"]);
    });

    it("leaves the waiting job of an unchanged schedule alone", async () => {
      const queue = await open();
      const waiting = () =>
        withRaw(async (raw) => {
          const [scheduler] = await raw.getJobSchedulers(0, -1);
          return raw.getJob(`repeat:digest:${scheduler?.next}`);
        });
      await queue.schedule([digest]);
      const before = await waiting();
      await queue.schedule([digest]);
      expect((await waiting())?.timestamp).toBe(before?.timestamp ?? "a job");
    });

    it("ticks by the schedule, and no more when the schedule is gone", async () => {
      const queue = await open();
      const ticked: string[] = [];
      await queue.work({ ...idle, tick: async (loop, why) => void ticked.push(`${loop} ${why}`) });
      await queue.schedule([tick("triage", everySecond)]);
      await until("two ticks", () => ticked.length >= 2);
      expect(ticked[0]).toBe("triage schedule");
      await queue.schedule([]);
      expect(await withRaw((raw) => raw.getJobSchedulers(0, -1))).toEqual([]);
    });

    it("does not pile up scheduled ticks behind a slow one", async () => {
      const queue = await open();
      let [now, most, begun] = [0, 0, 0];
      let finish = () => {};
      const slow = new Promise<void>((resolve) => {
        finish = resolve;
      });
      await queue.work({
        ...idle,
        tick: async () => {
          begun++;
          most = Math.max(most, ++now);
          await slow;
          now--;
        },
      });
      await queue.schedule([tick("triage", everySecond)]);
      await until("the first is active", () => begun === 1);
      const from = Date.now();
      await until("two more came due", () => Date.now() > from + 2_100);
      expect(most).toBe(1);
      finish();
      await until("a kept one follows", () => begun === 2);
      await queue.schedule([]);
    });

    it("names a schedule that cannot be, and puts the others in force", async () => {
      const queue = await open();
      await expect(queue.schedule([tick("triage", "every now and then"), digest])).rejects.toThrow(
        /tick-triage at "every now and then".*correct the cadence/,
      );
      expect((await withRaw((raw) => raw.getJobSchedulers(0, -1))).map(({ key }) => key)).toEqual(["digest"]);
    });

    it("closes only after the active handler has ended", async () => {
      const queue = await open();
      const told: string[] = [];
      let finish = () => {};
      await queue.work({
        ...idle,
        advance: async (_, signal) => {
          told.push("begun");
          await new Promise<void>((resolve) => {
            finish = resolve;
          });
          told.push(signal.aborted ? "aborted" : "ended");
        },
      });
      await advance(queue, newRun());
      await until("it is active", () => told.length === 1);
      const closed = queue.close(10_000).then(() => told.push("closed"));
      setTimeout(() => finish(), 50);
      await closed;
      expect(told).toEqual(["begun", "ended", "closed"]);
    });

    it("starts no handler once it is closing, and leaves the hint to others", async () => {
      const other = await open();
      const late: string[] = [];
      const runIds = Array.from({ length: 10 }, newRun);
      for (const runId of runIds) {
        const queue = await open();
        let isClosing = false;
        let begun = 0;
        await queue.work({
          ...idle,
          advance: async (id, signal) => {
            begun++;
            if (isClosing) late.push(id);
            if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
          },
        });
        await advance(other, runId);
        await until("it is active", () => begun > 0);
        isClosing = true;
        await queue.close(0);
      }
      expect(late).toEqual([]);
      const seen = new Set<string>();
      await other.work({ ...idle, advance: async (id) => void seen.add(id) });
      await until("all are seen", () => seen.size === runIds.length);
    });

    it("aborts a hung handler when the grace is over, and gives its hint to another worker", async () => {
      const queue = await open();
      let [hasBegun, isAborted] = [false, false];
      await queue.work({
        ...idle,
        advance: async (_, signal) => {
          hasBegun = true;
          signal.addEventListener("abort", () => {
            isAborted = true;
          });
          await new Promise(() => undefined);
        },
      });
      const runId = newRun();
      await advance(queue, runId);
      await until("it is active", () => hasBegun);
      const from = performance.now();
      await queue.close(100);
      expect(performance.now() - from).toBeLessThan(3_500);
      expect(isAborted).toBe(true);
      const seen: string[] = [];
      const other = await open();
      await other.work({ ...idle, advance: async (id) => void seen.push(id) });
      await until("the other worker sees it", () => seen.includes(runId));
    });

    it("puts the hint of an aborted handler back without counting a failure", async () => {
      const queue = await open();
      let hasBegun = false;
      await queue.work({
        ...idle,
        advance: (_, signal) => {
          hasBegun = true;
          return new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          });
        },
      });
      const runId = newRun();
      await advance(queue, runId);
      await until("it is active", () => hasBegun);
      await queue.close(0);
      expect(logged.filter((line) => line.includes("failed"))).toEqual([]);
      const job = await withRaw(async (raw) => {
        const found = await raw.getJob(`${runId}-v1`);
        return { attempts: found?.attemptsMade, state: await found?.getState() };
      });
      expect(job).toEqual({ attempts: 0, state: "waiting" });
    });

    it("gives the hint of a killed worker to the next one, twice over", async () => {
      const runId = newRun();
      const queue = await open();
      await advance(queue, runId);
      await queue.close(0);
      const place = await under.leave();
      try {
        for (const _ of ["first kill", "second kill"]) await takeAndDie(place, runId, leaseMs);
      } finally {
        await under.comeBack();
      }
      const survivor = await open();
      const seen: string[] = [];
      await survivor.work({ ...idle, advance: async (id) => void seen.push(id) });
      await until("the survivor sees it", () => seen.includes(runId), 15_000);
      expect(logged.filter((line) => line.startsWith("error"))).toEqual([]);
    });
  });
}
