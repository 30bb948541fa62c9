import { setTimeout as sleep } from "node:timers/promises";
import type { Overview } from "../../domain/answer.ts";
import { renderHome } from "./blocks/home.ts";
import { type Door, personOf, type SlackUser, show } from "./door.ts";

/** People whose home tab is kept true: those who opened it last. */
const viewersMax = 200;
const refreshGapMs = 2_000;

export interface HomeTabs {
  /** Draws one person's tab, and keeps it true from now on. */
  show(user: SlackUser, notice?: string): Promise<void>;
  /** Something changed: the tabs are drawn again soon, many changes at once. */
  changed(): void;
  close(): void;
}

export function createHomeTabs(door: Door): HomeTabs {
  /** Slack user id → what their tab showed last, so that nothing is published twice. */
  const shown = new Map<string, string>();
  const closing = new AbortController();
  let isRefreshing = false;
  let isStale = false;
  let turn: Promise<void> = Promise.resolve();

  /** One after the other, each with its own look at the record: an older look never covers a newer one. */
  function inTurn(what: string, work: () => Promise<void>): Promise<void> {
    turn = turn.then(() => show(door, what, work));
    return turn;
  }

  async function publish(userId: string, overview: Overview, notice?: string): Promise<void> {
    const person = personOf(door, { id: userId });
    const view = renderHome(overview, door.organisation(), { person, slackUserId: userId, notice });
    const content = JSON.stringify(view);
    if (shown.get(userId) === content) return;
    await door.client.views.publish({ user_id: userId, view });
    shown.delete(userId);
    shown.set(userId, content);
    for (const oldest of shown.keys()) {
      if (shown.size <= viewersMax) break;
      shown.delete(oldest);
    }
  }

  async function refreshAll(): Promise<void> {
    isRefreshing = true;
    while (isStale && !closing.signal.aborted) {
      isStale = false;
      await inTurn("drawing the home tabs", async () => {
        const overview = await door.overview();
        for (const userId of [...shown.keys()]) await publish(userId, overview);
      });
      await sleep(refreshGapMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    }
    isRefreshing = false;
  }

  return {
    show: (user, notice) =>
      inTurn(`drawing the home tab of ${user.id}`, async () =>
        publish(user.id, await door.overview(), notice),
      ),
    changed() {
      if (shown.size === 0) return;
      isStale = true;
      if (!isRefreshing) void refreshAll();
    },
    close() {
      closing.abort();
    },
  };
}
