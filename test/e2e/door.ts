import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** What `loom status --json` and its like answer, as far as these tests read it. */
export interface SeenOverview {
  isPaused: boolean;
  loops: { state: { loop: string; switch: string } }[];
  running: { run: { id: string }; title: string; step: string }[];
  held: { hold: { id: string; runId: string; state: string }; title: string }[];
  inbox: { title: string; findingId: string }[];
  landedToday: { sha: string; runId: string; approvedBy: string[] }[];
  problems: string[];
}

export interface SeenStory {
  run: { id: string; status: string };
  events: { type: string; data: Record<string, unknown> }[];
}

/** Asks the running process through the command line's own door, without starting a second process. Null when nobody answers. */
export async function askDoor(
  home: string,
  words: string,
  person = "",
): Promise<Record<string, unknown> | null> {
  try {
    const { port, token } = JSON.parse(await readFile(join(home, "door.json"), "utf8"));
    const response = await fetch(`http://127.0.0.1:${port}/command`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ person, words }),
      signal: AbortSignal.timeout(30_000),
    });
    return (await response.json()) as Record<string, unknown>;
  } catch {
    // Not up yet, or killed meanwhile: both are what these tests are about.
    return null;
  }
}

export const overviewOf = async (home: string): Promise<SeenOverview | null> =>
  ((await askDoor(home, "status"))?.["overview"] as SeenOverview | undefined) ?? null;

export const storyOf = async (home: string, runId: string): Promise<SeenStory | null> =>
  ((await askDoor(home, `why ${runId}`))?.["story"] as SeenStory | undefined) ?? null;
