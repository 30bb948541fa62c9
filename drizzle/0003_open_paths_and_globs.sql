-- By hand: the byte order of paths, so that a folder is a range of the index; and what is filled in from what is there.
CREATE TABLE "loom"."change_path" (
	"repository" text NOT NULL,
	"path" text COLLATE "C" NOT NULL,
	"run_id" text NOT NULL,
	CONSTRAINT "change_path_repository_path_run_id_pk" PRIMARY KEY("repository","path","run_id")
);
--> statement-breakpoint
ALTER TABLE "loom"."change_path" ADD CONSTRAINT "change_path_run_id_change_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "loom"."change"("run_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "change_path_by_run" ON "loom"."change_path" USING btree ("run_id","path");--> statement-breakpoint
INSERT INTO "loom"."change_path" SELECT DISTINCT c.repository, left(p.path, 500), c.run_id
FROM "loom"."change" c
CROSS JOIN LATERAL jsonb_array_elements(c.change::jsonb -> 'files') f
CROSS JOIN LATERAL (VALUES (f ->> 'path'), (f ->> 'from')) p (path)
WHERE c.state IN ('draft', 'proposed', 'held') AND p.path IS NOT NULL;--> statement-breakpoint
DROP INDEX "loom"."claim_by_expiry";--> statement-breakpoint
DROP INDEX "loom"."claim_by_holder";--> statement-breakpoint
CREATE INDEX "claim_ending" ON "loom"."claim" USING btree ("expires_at") WHERE release_asked_by is not null or holder_id like 'guest:%';--> statement-breakpoint
CREATE INDEX "claim_by_holder" ON "loom"."claim" USING btree ("holder_id","key");--> statement-breakpoint
ALTER TABLE "loom"."memory_entry" drop column "words";--> statement-breakpoint
ALTER TABLE "loom"."memory_entry" ADD COLUMN "words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', translate(statement || ' ' || reason || ' ' || scope_key, '/._-@:', '      '))) STORED;--> statement-breakpoint
CREATE INDEX "memory_by_words" ON "loom"."memory_entry" USING gin ("words");--> statement-breakpoint
ALTER TABLE "loom"."memory_entry" ADD COLUMN "ended_at" timestamp (3) with time zone;--> statement-breakpoint
DELETE FROM "loom"."memory_scope";--> statement-breakpoint
ALTER TABLE "loom"."memory_scope" ADD COLUMN "globs" text;--> statement-breakpoint
ALTER TABLE "loom"."memory_scope" ADD COLUMN "at" timestamp (3) with time zone NOT NULL;--> statement-breakpoint
ALTER TABLE "loom"."memory_scope" ALTER COLUMN "key" TYPE text COLLATE "C";--> statement-breakpoint
INSERT INTO "loom"."memory_scope" (repository, kind, key, entry_id, globs, at)
SELECT e.repository, place.kind, place.key, e.id, CASE WHEN place.kind = 'glob' THEN json_agg(p.path)::text END, e.at
FROM "loom"."memory_entry" e
CROSS JOIN LATERAL jsonb_array_elements_text(e.scope::jsonb -> 'paths') p (path)
CROSS JOIN LATERAL (SELECT
	CASE WHEN p.path ~ '[*?[{(!]' THEN 'glob' ELSE 'path' END AS kind,
	left(CASE WHEN p.path ~ '[*?[{(!]' THEN coalesce(substring(substring(p.path from '^[^*?[{(!]*') from '^.*/'), '') ELSE p.path END, 500) AS key
) place
WHERE e.state = 'active' GROUP BY e.repository, place.kind, place.key, e.id;--> statement-breakpoint
INSERT INTO "loom"."memory_scope" (repository, kind, key, entry_id, at)
SELECT DISTINCT e.repository, named.kind, left(named.key, 500), e.id, e.at
FROM "loom"."memory_entry" e
CROSS JOIN LATERAL (
	SELECT 'symbol' AS kind, jsonb_array_elements_text(e.scope::jsonb -> 'symbols') AS key
	UNION ALL SELECT 'test', jsonb_array_elements_text(e.scope::jsonb -> 'tests')
) named WHERE e.state = 'active';--> statement-breakpoint
CREATE INDEX "memory_scope_newest" ON "loom"."memory_scope" USING btree ("repository","kind","key","at" DESC NULLS LAST);
