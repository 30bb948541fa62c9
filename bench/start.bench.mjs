// From the command to `ready`, the first time and after; the whole story; the memory of the whole process.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDev, until } from "./dev-process.mjs";

const home = mkdtempSync(join(tmpdir(), "loom-bench-"));
try {
  const first = await startDev(home);
  console.log(`to ready, first time       ${(first.readyMs / 1000).toFixed(1)} s`);
  const startedAt = performance.now();
  await first.call("/local/command", {
    user: "alice",
    channel: "triage",
    command: "/loom",
    text: "start triage",
  });
  await until(async () => {
    const { channels } = await first.call("/local/state");
    const texts = channels.flatMap((channel) => channel.messages.map((message) => message.text));
    return (
      texts.filter((text) => text.startsWith("Approve landing")).length === 2 &&
      texts.some((text) => text.startsWith("Needs a person"))
    );
  });
  console.log(`the story, to both holds   ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  console.log(
    `memory after it            ${first.rssMb().toFixed(0)} MB, at most ${first.peakMb().toFixed(0)} MB`,
  );
  await first.stop();
  for (const turn of [1, 2, 3]) {
    const again = await startDev(home);
    console.log(`to ready, start ${turn} after     ${(again.readyMs / 1000).toFixed(1)} s`);
    await again.stop();
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
