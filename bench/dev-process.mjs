// Starts and stops `loom dev` as a real process, for the benchmarks.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const loom = new URL("../dist/entry/loom.js", import.meta.url).pathname;

export async function startDev(home) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [loom, "dev"], {
    env: { ...process.env, LOOM_HOME: home, LOOM_LOCAL_PORT: "0", LOOM_LOG: "error" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const url = await new Promise((resolve, reject) => {
    child.stdout.on("data", (data) => {
      output += data;
      const ready = /ready\s+(http:\S+)/.exec(output);
      if (ready) resolve(ready[1]);
    });
    child.once("exit", (code) => reject(new Error(`loom dev ended with ${code}: ${output}`)));
  });
  const readyMs = performance.now() - startedAt;
  const call = async (path, body) => {
    const init = body
      ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
      : {};
    return (await fetch(url + path, init)).json();
  };
  return {
    readyMs,
    call,
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024,
    peakMb: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024,
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await ended;
    },
  };
}

export async function until(fact, withinMs = 120_000) {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await fact();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${fact}`);
    await delay(50);
  }
}

export const percentile = (sorted, part) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
