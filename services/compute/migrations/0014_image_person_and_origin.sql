ALTER TABLE "compute"."image" ADD COLUMN "person_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."image" ADD COLUMN "copied_from" text DEFAULT '' NOT NULL;