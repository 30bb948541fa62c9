import type { InferSelectModel } from "drizzle-orm";
import type { Change } from "../../domain/change.ts";
import type { changes } from "./schema.ts";

export function changeOf(row: InferSelectModel<typeof changes>): Change {
  const change: Change = { ...row.change, state: row.state };
  if (row.landedSha === null || row.landedAt === null) return change;
  return { ...change, landed: { sha: row.landedSha, at: row.landedAt, approvedBy: row.approvedBy ?? [] } };
}
