CREATE SCHEMA "compute";
--> statement-breakpoint
CREATE TABLE "compute"."host" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"cordoned" boolean DEFAULT false NOT NULL,
	"state" text DEFAULT 'joining' NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"hostname" text DEFAULT '' NOT NULL,
	"address" text DEFAULT '' NOT NULL,
	"agent_endpoint" text DEFAULT '' NOT NULL,
	"agent_version" text DEFAULT '' NOT NULL,
	"driver" text DEFAULT '' NOT NULL,
	"driver_version" text DEFAULT '' NOT NULL,
	"kernel" text DEFAULT '' NOT NULL,
	"architecture" text DEFAULT '' NOT NULL,
	"vcpus" integer DEFAULT 0 NOT NULL,
	"memory_mib" integer DEFAULT 0 NOT NULL,
	"allocated_vcpus" integer DEFAULT 0 NOT NULL,
	"allocated_memory_mib" integer DEFAULT 0 NOT NULL,
	"instance_count" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"last_seen_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "host_not_negative" CHECK ("compute"."host"."allocated_vcpus" >= 0 and "compute"."host"."allocated_memory_mib" >= 0 and "compute"."host"."instance_count" >= 0)
);
--> statement-breakpoint
CREATE TABLE "compute"."image" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"name" text NOT NULL,
	"labels" jsonb NOT NULL,
	"source" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"digest" text DEFAULT '' NOT NULL,
	"size_bytes" bigint DEFAULT 0 NOT NULL,
	"operation_id" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"ready_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "compute"."image" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "compute"."host_port" (
	"host_id" text NOT NULL,
	"protocol" text NOT NULL,
	"port" integer NOT NULL,
	"instance_id" text NOT NULL,
	"container_port" integer NOT NULL,
	CONSTRAINT "host_port_host_id_protocol_port_pk" PRIMARY KEY("host_id","protocol","port")
);
--> statement-breakpoint
CREATE TABLE "compute"."instance" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"name" text NOT NULL,
	"labels" jsonb NOT NULL,
	"type" text NOT NULL,
	"image_id" text NOT NULL,
	"image_reference" text NOT NULL,
	"command" jsonb NOT NULL,
	"env" jsonb NOT NULL,
	"ports" jsonb NOT NULL,
	"restart_policy" text NOT NULL,
	"on_host_loss" text NOT NULL,
	"desired" text NOT NULL,
	"grace_seconds" integer DEFAULT 10 NOT NULL,
	"restart_nonce" integer DEFAULT 0 NOT NULL,
	"generation" integer DEFAULT 1 NOT NULL,
	"operation_id" text NOT NULL,
	"state" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"observed_generation" integer DEFAULT 0 NOT NULL,
	"host_id" text,
	"seen" jsonb,
	"seen_sequence" bigint DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "compute"."instance" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "compute"."idempotency" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"method" text NOT NULL,
	"request_hash" text NOT NULL,
	"response" "bytea",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
ALTER TABLE "compute"."idempotency" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "compute"."inbox" (
	"consumer" text NOT NULL,
	"event_id" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "compute"."leader" (
	"controller" text PRIMARY KEY NOT NULL,
	"epoch" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "compute"."operation" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"kind" text NOT NULL,
	"resource_id" text NOT NULL,
	"requested_by" text NOT NULL,
	"request_id" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"steps" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"error" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "compute"."operation" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "compute"."outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigserial NOT NULL,
	"project_id" text NOT NULL,
	"subject" text NOT NULL,
	"event" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "compute"."outbox" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "compute"."work" (
	"controller" text NOT NULL,
	"key" text NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"wakes" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	CONSTRAINT "work_controller_key_pk" PRIMARY KEY("controller","key")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "host_name" ON "compute"."host" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "image_name" ON "compute"."image" USING btree ("project_id","name");--> statement-breakpoint
CREATE INDEX "image_list" ON "compute"."image" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "host_port_instance" ON "compute"."host_port" USING btree ("instance_id");--> statement-breakpoint
CREATE UNIQUE INDEX "instance_name" ON "compute"."instance" USING btree ("project_id","name");--> statement-breakpoint
CREATE INDEX "instance_list" ON "compute"."instance" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "instance_host" ON "compute"."instance" USING btree ("host_id") WHERE host_id is not null;--> statement-breakpoint
CREATE INDEX "instance_image" ON "compute"."instance" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "idempotency_age" ON "compute"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "operation_list" ON "compute"."operation" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operation_resource" ON "compute"."operation" USING btree ("resource_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "compute"."outbox" USING btree ("sequence") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "compute"."outbox" USING btree ("published_at");--> statement-breakpoint
CREATE INDEX "work_due" ON "compute"."work" USING btree ("controller","due_at");--> statement-breakpoint
CREATE POLICY "tenant" ON "compute"."image" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "compute"."instance" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "scoped" ON "compute"."idempotency" AS PERMISSIVE FOR ALL TO public USING (scope in (current_setting('thecloud.project_id', true), current_setting('thecloud.subject', true)) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (scope in (current_setting('thecloud.project_id', true), current_setting('thecloud.subject', true)) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "compute"."operation" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "compute"."outbox" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');