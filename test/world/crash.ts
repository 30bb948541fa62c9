import type { Ports } from "../../src/ports.ts";

/**
 * `dies`: the process is gone, nothing of it acts again. `trips`: this one call throws, as a lost connection does. The call's
 * effect has happened (`after`) or not (`before`).
 */
export type Crash = { at: number; how: "dies-after" | "trips-before" | "trips-after" };

export class Crashed extends Error {
  override name = "Crashed";
}

const effects: { [port: string]: string[] } = {
  record: ["transact", "fenced", "lease", "markHintsSent"],
  code: [
    "fetch",
    "checkout",
    "removeCheckout",
    "importCheckout",
    "revert",
    "mergeCommit",
    "propose",
    "land",
    "withdraw",
  ],
  checks: ["run"],
  makers: ["run"],
  deploys: ["run"],
  queue: ["add"],
};

export interface CrashingPorts {
  ports: Ports;
  /** Calls that act, in their order. */
  calls: string[];
  isDead: () => boolean;
}

/** Ports of a worker at whose n-th acting call the crash happens. */
export function crashingPorts(ports: Ports, crash: Crash | null): CrashingPorts {
  const calls: string[] = [];
  let isDead = false;
  const act = async (name: string, call: () => unknown): Promise<unknown> => {
    calls.push(name);
    if (crash === null || calls.length - 1 !== crash.at) return call();
    if (crash.how !== "trips-before") await call();
    isDead = crash.how === "dies-after";
    throw new Crashed(`${crash.how} ${name}`);
  };
  const wrap = (port: string, methods: object): object =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        (...given: unknown[]) => {
          if (isDead) throw new Crashed(`dead at ${port}.${name}`);
          const call = () => method(...given);
          return effects[port]?.includes(name) === true ? act(`${port}.${name}`, call) : call();
        },
      ]),
    );
  const wrapped = Object.fromEntries(
    Object.keys(effects).map((port) => [port, wrap(port, ports[port as keyof Ports] as object)]),
  );
  return { ports: { ...ports, ...wrapped, worker: "worker-that-crashes" }, calls, isDead: () => isDead };
}
