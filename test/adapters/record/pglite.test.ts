import { PGlite } from "@electric-sql/pglite";
import { openPglite } from "../../../src/adapters/record/open-pglite.ts";
import { recordContract } from "../../contracts/record.ts";

recordContract("PGlite", async () => {
  const pglite = await PGlite.create();
  const record = await openPglite(pglite);
  return {
    record,
    sql: async (statement) => {
      await pglite.exec(statement);
    },
    close: () => record.close(),
  };
});
