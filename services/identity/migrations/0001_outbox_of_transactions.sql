ALTER TABLE "identity"."outbox" DROP COLUMN "subject";--> statement-breakpoint
ALTER TABLE "identity"."outbox" RENAME COLUMN "event" TO "events";--> statement-breakpoint
ALTER TABLE "identity"."outbox" ALTER COLUMN "events" SET DATA TYPE json USING json_build_array("events");
