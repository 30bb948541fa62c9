// Fifty slash commands at once, to the first visible answer of each, by the workspace's own clock.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile, startDev, until } from "./dev-process.mjs";

const commands = 50;
const rounds = 5;
const people = ["alice", "bob", "carol", "dan", "erin"];
const home = mkdtempSync(join(tmpdir(), "loom-bench-"));
const dev = await startDev(home);
const answers = async () => {
  const { channels } = await dev.call("/local/state");
  return channels.flatMap((channel) => channel.messages).filter((message) => message.ephemeral_for);
};
try {
  const waits = [];
  for (let round = 1; round <= rounds; round += 1) {
    const before = new Set((await answers()).map((message) => message.ts));
    const sentAt = Date.now();
    await Promise.all(
      Array.from({ length: commands }, (_, index) =>
        dev.call("/local/command", {
          user: people[index % people.length],
          channel: "triage",
          command: "/loom",
          text: "status",
        }),
      ),
    );
    const fresh = await until(async () => {
      const now = (await answers()).filter((message) => !before.has(message.ts));
      return now.length >= commands ? now : null;
    });
    const sorted = fresh.map((message) => Number(message.ts) * 1000 - sentAt).sort((a, b) => a - b);
    console.log(
      `round ${round}: p50 ${percentile(sorted, 0.5).toFixed(0)} ms, p99 ${percentile(sorted, 0.99).toFixed(0)} ms`,
    );
    if (round > 1) waits.push(...sorted);
  }
  waits.sort((a, b) => a - b);
  console.log(
    `after the first round: p50 ${percentile(waits, 0.5).toFixed(0)} ms, p99 ${percentile(waits, 0.99).toFixed(0)} ms (${commands} at once)`,
  );
} finally {
  await dev.stop();
  rmSync(home, { recursive: true, force: true });
}
