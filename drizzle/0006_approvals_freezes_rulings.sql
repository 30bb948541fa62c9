-- By hand: the old primary key's name, which drizzle-kit cannot know.
CREATE TABLE "loom"."freeze" (
	"zone" text PRIMARY KEY NOT NULL,
	"by" text NOT NULL,
	"why" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "loom"."policy_set" (
	"digest" text PRIMARY KEY NOT NULL,
	"organisation" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "loom"."ruling" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"loop" text NOT NULL,
	"repository" text NOT NULL,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"policy_digest" text NOT NULL,
	"facts" text NOT NULL,
	"ruling" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "loom"."approval" DROP CONSTRAINT "approval_pkey";--> statement-breakpoint
ALTER TABLE "loom"."approval" ADD CONSTRAINT "approval_hold_id_person_pk" PRIMARY KEY("hold_id","person");--> statement-breakpoint
ALTER TABLE "loom"."hold" ADD COLUMN "policy_digest" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "loom"."hold" ADD COLUMN "environment" text;--> statement-breakpoint
ALTER TABLE "loom"."hold" ADD COLUMN "needs" text DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "loom"."house" ADD COLUMN "paused_why" text;--> statement-breakpoint
ALTER TABLE "loom"."ruling" ADD CONSTRAINT "ruling_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "loom"."run"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ruling_by_run" ON "loom"."ruling" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "ruling_at" ON "loom"."ruling" USING btree ("at");