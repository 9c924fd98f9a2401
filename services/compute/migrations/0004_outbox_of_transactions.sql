ALTER TABLE "compute"."outbox" DROP COLUMN "subject";--> statement-breakpoint
ALTER TABLE "compute"."outbox" RENAME COLUMN "event" TO "events";--> statement-breakpoint
ALTER TABLE "compute"."outbox" ALTER COLUMN "events" SET DATA TYPE json USING json_build_array("events");
