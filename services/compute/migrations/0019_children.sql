CREATE TABLE "compute"."failed_event" (
	"consumer" text NOT NULL,
	"event_id" text NOT NULL,
	"event" jsonb NOT NULL,
	"tries" integer DEFAULT 1 NOT NULL,
	"error" text NOT NULL,
	"failed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"set_aside_at" timestamp (3) with time zone,
	CONSTRAINT "failed_event_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
ALTER TABLE "compute"."instance" ADD COLUMN "owner_service" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."instance" ADD COLUMN "owner_id" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."instance" ADD COLUMN "owner_generation" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "instance_owner" ON "compute"."instance" USING btree ("owner_service","id" DESC NULLS LAST) WHERE owner_service <> '';--> statement-breakpoint
CREATE INDEX "inbox_age" ON "compute"."inbox" USING btree ("received_at");