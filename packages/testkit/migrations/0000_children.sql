CREATE SCHEMA "orchestration";
--> statement-breakpoint
CREATE TABLE "orchestration"."failed_event" (
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
CREATE TABLE "orchestration"."idempotency" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"method" text NOT NULL,
	"request_hash" text NOT NULL,
	"response" "bytea",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
ALTER TABLE "orchestration"."idempotency" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "orchestration"."inbox" (
	"consumer" text NOT NULL,
	"event_id" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "orchestration"."leader" (
	"controller" text PRIMARY KEY NOT NULL,
	"epoch" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orchestration"."operation" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"kind" text NOT NULL,
	"resource_id" text NOT NULL,
	"resource_name" text DEFAULT '' NOT NULL,
	"requested_by" text NOT NULL,
	"request_id" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "orchestration"."operation" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "orchestration"."outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigserial NOT NULL,
	"project_id" text NOT NULL,
	"events" json NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "orchestration"."outbox" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "orchestration"."pair" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"name" text NOT NULL,
	"image" text NOT NULL,
	"type" text NOT NULL,
	"desired" text DEFAULT 'running' NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"state" text DEFAULT 'making' NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"operation_id" text NOT NULL,
	"requested_by" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "orchestration"."pair" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "orchestration"."pair_child" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"pair_id" text NOT NULL,
	"name" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "orchestration"."pair_child" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "orchestration"."pair_wake" (
	"n" bigserial PRIMARY KEY NOT NULL,
	"event_id" text NOT NULL,
	"pair_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orchestration"."work" (
	"controller" text NOT NULL,
	"key" text NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"wakes" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	CONSTRAINT "work_controller_key_pk" PRIMARY KEY("controller","key")
);
--> statement-breakpoint
CREATE INDEX "idempotency_age" ON "orchestration"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_age" ON "orchestration"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "operation_list" ON "orchestration"."operation" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operation_resource" ON "orchestration"."operation" USING btree ("resource_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operation_resource_name" ON "orchestration"."operation" USING btree ("project_id","resource_name");--> statement-breakpoint
CREATE INDEX "operation_ended" ON "orchestration"."operation" USING btree ("ended_at");--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "orchestration"."outbox" USING btree ("sequence") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "orchestration"."outbox" USING btree ("published_at");--> statement-breakpoint
CREATE INDEX "work_due" ON "orchestration"."work" USING btree ("controller","due_at");--> statement-breakpoint
CREATE POLICY "scoped" ON "orchestration"."idempotency" AS PERMISSIVE FOR ALL TO public USING (scope in (current_setting('thecloud.project_id', true), current_setting('thecloud.subject', true)) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (scope in (current_setting('thecloud.project_id', true), current_setting('thecloud.subject', true)) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "orchestration"."operation" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "orchestration"."outbox" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "orchestration"."pair" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "orchestration"."pair_child" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');