import type { Environment } from "../config/environment.ts";
import type { StoredPolicies, StoredRuling } from "../domain/stored-ruling.ts";
import type { RecordStore } from "../ports/record.ts";
import { readFromDoor } from "./door.ts";
import { makeLog } from "./log.ts";
import { definitionsRoot } from "./settings.ts";
import { wire } from "./wire.ts";

export type Rulings = Pick<RecordStore, "ruling" | "policies"> & {
  since(from: Date, limit: number): Promise<StoredRuling[]>;
};

/** Kept rulings: through the running process when there is one, for then it has the record; else from the record itself. */
export async function withRulings<T>(
  environment: Environment,
  work: (rulings: Rulings) => Promise<T>,
): Promise<T> {
  const { home } = environment;
  const probe = await readFromDoor(home, { policies: "" });
  if (probe !== undefined) return work(throughDoor(home));
  const wired = await wire({ environment, root: definitionsRoot(), log: makeLog("error") });
  try {
    const { record } = wired.ports;
    return await work({
      ruling: record.ruling,
      policies: record.policies,
      since: (since, limit) => record.rulings({ since, limit }),
    });
  } finally {
    await wired.close(1_000);
  }
}

/** The process is of this very version and user, so that its JSON is what was asked for, but for the dates. */
const throughDoor = (home: string): Rulings => ({
  async ruling(id) {
    const found = (await readFromDoor(home, { id })) as StoredRuling | null;
    return found === null ? null : rulingOf(found);
  },
  async policies(digest) {
    const found = (await readFromDoor(home, { policies: digest })) as StoredPolicies | null;
    return found === null ? null : policiesOf(found);
  },
  async since(from, limit) {
    const found = await readFromDoor(home, { since: from.toISOString(), limit: String(limit) });
    return (found as StoredRuling[]).map(rulingOf);
  },
});

function rulingOf(raw: StoredRuling): StoredRuling {
  const { ruling } = raw;
  const until = ruling.kind === "wait" && ruling.until !== null ? { until: new Date(ruling.until) } : {};
  return { ...raw, at: new Date(raw.at), ruling: { ...ruling, ...until } as StoredRuling["ruling"] };
}

const policiesOf = ({ digest, organisation }: StoredPolicies): StoredPolicies => ({
  digest,
  organisation: {
    ...organisation,
    freezes: organisation.freezes.map((one) => ({
      ...one,
      from: new Date(one.from),
      until: new Date(one.until),
    })),
  },
});
