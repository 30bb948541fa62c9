import { and, eq, lte, sql } from "drizzle-orm";
import type { Sha } from "../../domain/ids.ts";
import type { TestReport } from "../../domain/test-report.ts";
import type { Database } from "./database.ts";
import { reports } from "./schema.ts";

const reportsMax = 2000;
/** Old reports are dropped once in so many new ones, not at each. */
const dropEvery = 50;

export async function readReport(db: Database, commit: Sha, checkDigest: string): Promise<TestReport | null> {
  const [row] = await db
    .select({ report: reports.report })
    .from(reports)
    .where(and(eq(reports.commit, commit), eq(reports.checkDigest, checkDigest)));
  return row?.report ?? null;
}

export async function keepReport(
  tx: Database,
  commit: Sha,
  checkDigest: string,
  report: TestReport,
): Promise<void> {
  const [row] = await tx
    .insert(reports)
    .values({ commit, checkDigest, report })
    .onConflictDoUpdate({
      target: [reports.commit, reports.checkDigest],
      set: { report, position: sql`default` },
    })
    .returning({ position: reports.position });
  if (row && row.position % dropEvery === 0)
    await tx.delete(reports).where(lte(reports.position, row.position - reportsMax));
}
