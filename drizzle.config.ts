import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: [
    "./src/adapters/record/schema.ts",
    "./src/adapters/record/schema-changes.ts",
    "./src/adapters/record/schema-claims.ts",
    "./src/adapters/record/schema-holds.ts",
    "./src/adapters/record/schema-memory.ts",
    "./src/adapters/record/schema-rulings.ts",
  ],
  out: "./drizzle",
});
