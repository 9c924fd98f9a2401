ALTER TABLE "compute"."host" ADD COLUMN "fence_after_ms" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."host" ADD COLUMN "suspect_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "compute"."instance" ADD COLUMN "kept_generation" integer DEFAULT 0 NOT NULL;