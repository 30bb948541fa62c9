// Claiming 50 paths beside 10,000 and 100,000 live claims: free paths, and paths of which one is another's.
import { holderOf, measure, onEachRecord, p99, told } from "./records.mjs";

const times = 200;
const hourMs = 3_600_000;
const wishFor = (keys, n) => ({
  keys,
  mode: "exclusive",
  holder: holderOf(n),
  reason: "bench",
  ttlMs: hourMs,
});
const range = (length, keyOf) => Array.from({ length }, (_, index) => keyOf(index));
const liveKey = (n) => `path:shop:src/${n % 997}/module/file${n}.ts`;

await onEachRecord(async (name, record, sql) => {
  const claim = (keys, n) => record.transact((tx) => tx.claim(wishFor(keys, n)));
  const p99s = [];
  let live = 0;
  for (const size of [10_000, 100_000]) {
    for (; live < size; live += 500)
      await claim(
        range(500, (index) => liveKey(live + index)),
        live,
      );
    await sql("vacuum analyze loom.claim");
    const free = await measure(times, async (turn) => {
      const claimed = await claim(
        range(50, (index) => `path:shop:lib/${size}/${turn}/${index}.ts`),
        900_000 + turn,
      );
      if (claimed.kind !== "held") throw new Error("a free key was refused");
    });
    console.log(`${name}: claiming 50 free paths beside ${size} live claims: ${told(free)}`);
    const taken = await measure(times, async (turn) => {
      const keys = range(50, (index) =>
        index === 25 ? liveKey(turn * 7) : `path:shop:bin/${turn}/${index}.ts`,
      );
      if ((await claim(keys, 900_000 + turn)).kind !== "taken") throw new Error("a taken key was given");
    });
    console.log(`${name}: being refused one of 50 paths beside ${size} live claims: ${told(taken)}`);
    p99s.push(p99(free[0]));
  }
  console.log(`${name}: p99 beside 100,000 is ${(p99s[1] / p99s[0]).toFixed(2)} times that beside 10,000`);
});
