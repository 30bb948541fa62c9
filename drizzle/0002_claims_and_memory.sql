-- Claims live for minutes, so those of the old shape are dropped: their runs claim again. By hand: the key's byte order.
CREATE SEQUENCE "loom"."claim_epoch" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "loom"."claim" (
	"key" text COLLATE "C" NOT NULL,
	"holder_id" text NOT NULL,
	"holder" text NOT NULL,
	"mode" text NOT NULL,
	"reason" text NOT NULL,
	"epoch" bigint NOT NULL,
	"ttl_ms" bigint NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"release_asked_by" text,
	CONSTRAINT "claim_key_holder_id_pk" PRIMARY KEY("key","holder_id")
);
--> statement-breakpoint
CREATE TABLE "loom"."lapsed_claim" (
	"key" text NOT NULL,
	"holder_id" text NOT NULL,
	"holder" text NOT NULL,
	"mode" text NOT NULL,
	"reason" text NOT NULL,
	"epoch" bigint NOT NULL,
	"ttl_ms" bigint NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"release_asked_by" text,
	CONSTRAINT "lapsed_claim_key_holder_id_epoch_pk" PRIMARY KEY("key","holder_id","epoch")
);
--> statement-breakpoint
CREATE TABLE "loom"."memory_entry" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"statement" text NOT NULL,
	"reason" text NOT NULL,
	"repository" text NOT NULL,
	"scope" text NOT NULL,
	"scope_key" text NOT NULL,
	"author" text NOT NULL,
	"source" text NOT NULL,
	"state" text NOT NULL,
	"superseded_by" text,
	"at" timestamp (3) with time zone NOT NULL,
	"last_hit_at" timestamp (3) with time zone,
	"hits" integer DEFAULT 0 NOT NULL,
	"words" "tsvector" GENERATED ALWAYS AS (to_tsvector('simple', statement || ' ' || reason)) STORED
);
--> statement-breakpoint
CREATE TABLE "loom"."memory_scope" (
	"repository" text NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"entry_id" text NOT NULL,
	CONSTRAINT "memory_scope_repository_kind_key_entry_id_pk" PRIMARY KEY("repository","kind","key","entry_id")
);
--> statement-breakpoint
ALTER TABLE "loom"."memory_scope" ADD CONSTRAINT "memory_scope_entry_id_memory_entry_id_fk" FOREIGN KEY ("entry_id") REFERENCES "loom"."memory_entry"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "claim_by_holder" ON "loom"."claim" USING btree ("holder_id");--> statement-breakpoint
CREATE INDEX "claim_by_expiry" ON "loom"."claim" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "memory_by_words" ON "loom"."memory_entry" USING gin ("words");--> statement-breakpoint
CREATE INDEX "memory_by_scope" ON "loom"."memory_entry" USING btree ("repository","kind","scope_key") WHERE state = 'active';--> statement-breakpoint
CREATE INDEX "memory_newest" ON "loom"."memory_entry" USING btree ("repository","at" DESC NULLS LAST) WHERE state = 'active';--> statement-breakpoint
CREATE INDEX "memory_by_state" ON "loom"."memory_entry" USING btree ("state","at" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "memory_scope_by_entry" ON "loom"."memory_scope" USING btree ("entry_id");