import type { WebClient } from "@slack/web-api";
import type { ChannelName } from "../../../domain/ids.ts";

const pageSize = 1000;
const pagesMax = 20;
const freshMs = 10 * 60_000;
/** A name that is not there is asked for again only after this long: the list is a slow, limited call. */
const missMs = 20_000;

export interface ChannelIds {
  /** The id of a public channel by its name; null when there is none. An id is its own answer. Throws Slack's errors. */
  idOf(name: ChannelName): Promise<string | null>;
}

export function createChannelIds(client: WebClient): ChannelIds {
  let ids = new Map<string, string>();
  let listedAtMs = Number.NEGATIVE_INFINITY;
  let listing: Promise<void> | null = null;

  async function list(): Promise<void> {
    ids = await listAll(client);
    listedAtMs = performance.now();
  }

  return {
    async idOf(name) {
      const plainName = name.replace(/^#/, "");
      const known = ids.get(plainName);
      const ageMs = performance.now() - listedAtMs;
      if (known !== undefined && ageMs < freshMs) return known;
      if (known === undefined && ageMs < missMs) return asId(plainName);
      listing ??= list().finally(() => {
        listing = null;
      });
      await listing;
      return ids.get(plainName) ?? asId(plainName);
    },
  };
}

async function listAll(client: WebClient): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = await client.conversations.list({
      types: "public_channel",
      exclude_archived: true,
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { id, name } of answer.channels ?? []) {
      if (id !== undefined && name !== undefined) ids.set(name, id);
    }
    cursor = answer.response_metadata?.next_cursor || undefined;
    if (cursor === undefined) break;
  }
  return ids;
}

const asId = (name: string): string | null => (/^[CG][A-Z0-9]{6,}$/.test(name) ? name : null);
