import type { Log } from "../ports.ts";

const levels = ["info", "warn", "error"] as const;

/** One line an entry on standard error: time, level, text, fields. Line breaks cannot forge a second entry. */
export function makeLog(least: (typeof levels)[number]): Log {
  return (level, text, fields = {}) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    const pairs = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    const line = [new Date().toISOString(), level, text, ...pairs].join(" ").replace(/[\p{Cc}]+/gu, " ");
    process.stderr.write(`${line}\n`);
  };
}
