import { mkdtemp, rm, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import type { Sandbox } from "./open-sandbox.ts";

export interface SelfTest {
  what: string;
  holds: boolean;
  detail: string;
}

const allowed = ["PATH", "HOME", "TMPDIR", "LANG", "TERM", "CI", "PWD", "LOOM_PROGRAM"];
const report = z.object({ env: z.array(z.string()), proc: z.array(z.string()) });

/** Lets a program inside the sandbox try to get out, and looks from outside at what it reached. `folder` is an absolute scratch folder. */
export async function selfTest(sandbox: Pick<Sandbox, "run">, folder: string): Promise<SelfTest[]> {
  const dir = await mkdtemp(join(folder, "self-test-"));
  const cwd = await mkdtemp(join(dir, "inside-"));
  const outside = join(dir, "outside");
  const door = await openDoor();
  try {
    const ended = await sandbox.run(
      {
        argv: [process.execPath, "-e", probe, outside, String(door.port), JSON.stringify(allowed)],
        cwd,
        env: {},
        wallMs: 20_000,
        outputBytesMax: 100_000,
        network: false,
        readable: [],
        writable: [],
      },
      new AbortController().signal,
    );
    if (ended.kind !== "exited" || ended.exit !== 0) {
      const detail =
        ended.kind === "not-started" ? ended.reason : `${ended.kind}: ${ended.output.slice(-500)}`;
      return [{ what: "a program starts", holds: false, detail }];
    }
    const seen = report.parse(JSON.parse(ended.output));
    const wrote = (await stat(outside).catch(() => null)) !== null;
    return [
      told("its environment is clean", seen.env.length === 0, `it sees ${seen.env.join(", ")}`),
      told(
        "other processes' environments are hidden",
        seen.proc.length === 0,
        `it reads ${seen.proc.join(", ")}`,
      ),
      told("it cannot write outside its folder", !wrote, `it wrote ${outside}`),
      told("it cannot reach this machine's network", door.visits() === 0, "it connected to 127.0.0.1"),
    ];
  } finally {
    door.close();
    await rm(dir, { recursive: true, force: true });
  }
}

const told = (what: string, holds: boolean, otherwise: string): SelfTest => ({
  what,
  holds,
  detail: holds ? "" : otherwise,
});

async function openDoor() {
  let visits = 0;
  const server = createServer((socket) => {
    visits++;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { port, visits: () => visits, close: () => server.close() };
}

/** Only names of variables are told, never their values. */
const probe = `
const fs = require("node:fs");
const [, outside, port, allowedNames] = process.argv;
const allowed = new Set(JSON.parse(allowedNames));
const strange = (names) => [...new Set(names)].filter((name) => name !== "" && !allowed.has(name)).slice(0, 20);
const others = [];
for (const pid of fs.readdirSync("/").includes("proc") ? fs.readdirSync("/proc").filter((n) => /^[0-9]+$/.test(n)) : []) {
  if (Number(pid) === process.pid) continue;
  try {
    for (const entry of fs.readFileSync("/proc/" + pid + "/environ", "utf8").split("\\0")) others.push(entry.split("=")[0]);
  } catch {}
}
try { fs.writeFileSync(outside, "reached"); } catch {}
const tell = () => {
  console.log(JSON.stringify({ env: strange(Object.keys(process.env)), proc: strange(others) }));
  process.exit(0);
};
require("node:net").connect(Number(port), "127.0.0.1").on("connect", () => setTimeout(tell, 50)).on("error", tell);
`;
