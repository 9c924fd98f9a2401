CREATE TABLE "compute"."host_report" (
	"host_id" text PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "compute"."host" ADD COLUMN "unfenced_drivers" jsonb DEFAULT '[]'::jsonb NOT NULL;