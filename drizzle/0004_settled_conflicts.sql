CREATE TABLE "loom"."conflict_run" (
	"conflict_id" text NOT NULL,
	"run_id" text NOT NULL,
	CONSTRAINT "conflict_run_conflict_id_run_id_pk" PRIMARY KEY("conflict_id","run_id")
);
--> statement-breakpoint
ALTER TABLE "loom"."conflict" ADD COLUMN "state" text DEFAULT 'open' NOT NULL;--> statement-breakpoint
ALTER TABLE "loom"."conflict" ADD COLUMN "steps" text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "loom"."conflict" ADD COLUMN "answer" text;--> statement-breakpoint
ALTER TABLE "loom"."conflict_run" ADD CONSTRAINT "conflict_run_conflict_id_conflict_id_fk" FOREIGN KEY ("conflict_id") REFERENCES "loom"."conflict"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "conflict_run_by_run" ON "loom"."conflict_run" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "conflict_open" ON "loom"."conflict" USING btree ("found_at") WHERE state = 'open';--> statement-breakpoint
INSERT INTO "loom"."conflict_run" ("conflict_id", "run_id")
	SELECT DISTINCT "id", "one" FROM "loom"."conflict", unnest(ARRAY["run_id", "left_run_id", "right_run_id"]) AS "one" WHERE "one" IS NOT NULL;--> statement-breakpoint
DROP INDEX "loom"."conflict_by_left";--> statement-breakpoint
DROP INDEX "loom"."conflict_by_right";--> statement-breakpoint
ALTER TABLE "loom"."conflict" DROP COLUMN "left_run_id";--> statement-breakpoint
ALTER TABLE "loom"."conflict" DROP COLUMN "right_run_id";
