CREATE TABLE "compute"."ssh_key" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"name" text NOT NULL,
	"labels" jsonb NOT NULL,
	"public_key" text NOT NULL,
	"type" text NOT NULL,
	"fingerprint" text NOT NULL,
	"operation_id" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "compute"."ssh_key" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE UNIQUE INDEX "ssh_key_name" ON "compute"."ssh_key" USING btree ("project_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "ssh_key_fingerprint" ON "compute"."ssh_key" USING btree ("project_id","fingerprint");--> statement-breakpoint
CREATE INDEX "ssh_key_list" ON "compute"."ssh_key" USING btree ("project_id","id" DESC NULLS LAST);--> statement-breakpoint
CREATE POLICY "tenant" ON "compute"."ssh_key" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');