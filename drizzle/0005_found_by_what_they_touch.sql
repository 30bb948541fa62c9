-- By hand: changes in flight are found by their paths until they are compared again.
CREATE TABLE "loom"."change_key" (
	"repository" text NOT NULL,
	"key" text NOT NULL,
	"run_id" text NOT NULL,
	CONSTRAINT "change_key_repository_key_run_id_pk" PRIMARY KEY("repository","key","run_id")
);
--> statement-breakpoint
CREATE TABLE "loom"."change_record" (
	"run_id" text PRIMARY KEY NOT NULL,
	"repository" text NOT NULL,
	"head" text NOT NULL,
	"landed_seq" bigint,
	"record" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "loom"."change_key" ADD CONSTRAINT "change_key_run_id_change_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "loom"."change"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "loom"."change_record" ADD CONSTRAINT "change_record_run_id_change_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "loom"."change"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "change_key_by_run" ON "loom"."change_key" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "change_record_landed" ON "loom"."change_record" USING btree ("repository","landed_seq") WHERE landed_seq is not null;--> statement-breakpoint
INSERT INTO "loom"."change_key" SELECT repository, left('path:' || path, 500), run_id FROM "loom"."change_path";
