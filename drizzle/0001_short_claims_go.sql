ALTER TABLE "loom"."claim" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "loom"."claim" CASCADE;--> statement-breakpoint
CREATE INDEX "run_by_finding" ON "loom"."run" USING btree ("finding_id");--> statement-breakpoint
DROP SEQUENCE "loom"."claim_epoch";