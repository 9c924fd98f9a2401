CREATE SCHEMA "identity";
--> statement-breakpoint
CREATE TABLE "identity"."api_key" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"name" text NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"role" text NOT NULL,
	"secret_hash" text NOT NULL,
	"prefix" text NOT NULL,
	"created_by" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "identity"."api_key" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."idempotency" (
	"scope" text NOT NULL,
	"key" text NOT NULL,
	"method" text NOT NULL,
	"request_hash" text NOT NULL,
	"response" "bytea",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "idempotency_scope_key_pk" PRIMARY KEY("scope","key")
);
--> statement-breakpoint
ALTER TABLE "identity"."idempotency" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."inbox" (
	"consumer" text NOT NULL,
	"event_id" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "inbox_consumer_event_id_pk" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "identity"."leader" (
	"controller" text PRIMARY KEY NOT NULL,
	"epoch" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."login_attempt" (
	"key" text PRIMARY KEY NOT NULL,
	"count" integer NOT NULL,
	"window_ends_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identity"."member" (
	"project_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "member_project_id_user_id_pk" PRIMARY KEY("project_id","user_id")
);
--> statement-breakpoint
ALTER TABLE "identity"."member" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."operation" (
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
ALTER TABLE "identity"."operation" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."outbox" (
	"id" text PRIMARY KEY NOT NULL,
	"sequence" bigserial NOT NULL,
	"project_id" text NOT NULL,
	"subject" text NOT NULL,
	"event" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "identity"."outbox" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."project" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"labels" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_by" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "identity"."project" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."session" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "identity"."session" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."user" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text NOT NULL,
	"platform_admin" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "identity"."user" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "identity"."work" (
	"controller" text NOT NULL,
	"key" text NOT NULL,
	"due_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"wakes" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	CONSTRAINT "work_controller_key_pk" PRIMARY KEY("controller","key")
);
--> statement-breakpoint
ALTER TABLE "identity"."api_key" ADD CONSTRAINT "api_key_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "identity"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."api_key" ADD CONSTRAINT "api_key_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."member" ADD CONSTRAINT "member_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "identity"."project"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."member" ADD CONSTRAINT "member_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."project" ADD CONSTRAINT "project_created_by_user_id_fk" FOREIGN KEY ("created_by") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "identity"."session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "identity"."user"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_secret" ON "identity"."api_key" USING btree ("secret_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_name" ON "identity"."api_key" USING btree ("project_id","name") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "api_key_list" ON "identity"."api_key" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "idempotency_age" ON "identity"."idempotency" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "login_attempt_window" ON "identity"."login_attempt" USING btree ("window_ends_at");--> statement-breakpoint
CREATE INDEX "member_user" ON "identity"."member" USING btree ("user_id","project_id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operation_list" ON "identity"."operation" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "operation_resource" ON "identity"."operation" USING btree ("resource_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "identity"."outbox" USING btree ("sequence") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "identity"."outbox" USING btree ("published_at");--> statement-breakpoint
CREATE UNIQUE INDEX "project_name" ON "identity"."project" USING btree ("created_by","name") WHERE deleted_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "session_token" ON "identity"."session" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "session_expiry" ON "identity"."session" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "user_email" ON "identity"."user" USING btree ("email");--> statement-breakpoint
CREATE INDEX "work_due" ON "identity"."work" USING btree ("controller","due_at");--> statement-breakpoint
CREATE POLICY "tenant" ON "identity"."api_key" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "scoped" ON "identity"."idempotency" AS PERMISSIVE FOR ALL TO public USING (scope in (current_setting('thecloud.project_id', true), current_setting('thecloud.subject', true)) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (scope in (current_setting('thecloud.project_id', true), current_setting('thecloud.subject', true)) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "identity"."member" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "own" ON "identity"."member" AS PERMISSIVE FOR SELECT TO public USING (user_id = current_setting('thecloud.subject', true));--> statement-breakpoint
CREATE POLICY "tenant" ON "identity"."operation" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "tenant" ON "identity"."outbox" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "visible" ON "identity"."project" AS PERMISSIVE FOR SELECT TO public USING (id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system' or exists (select 1 from identity.member m where m.project_id = project.id and m.user_id = current_setting('thecloud.subject', true)));--> statement-breakpoint
CREATE POLICY "inside" ON "identity"."project" AS PERMISSIVE FOR ALL TO public USING (id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "own" ON "identity"."session" AS PERMISSIVE FOR ALL TO public USING (user_id = current_setting('thecloud.subject', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (user_id = current_setting('thecloud.subject', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
CREATE POLICY "visible" ON "identity"."user" AS PERMISSIVE FOR SELECT TO public USING (id = current_setting('thecloud.subject', true) or current_setting('thecloud.scope', true) = 'system' or exists (select 1 from identity.member m where m.user_id = "user".id and m.project_id = current_setting('thecloud.project_id', true)));--> statement-breakpoint
CREATE POLICY "written_by_system" ON "identity"."user" AS PERMISSIVE FOR ALL TO public USING (current_setting('thecloud.scope', true) = 'system') WITH CHECK (current_setting('thecloud.scope', true) = 'system');