ALTER TABLE "identity"."operation" ADD COLUMN "resource_name" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "operation_resource_name" ON "identity"."operation" USING btree ("project_id","resource_name");--> statement-breakpoint
CREATE INDEX "operation_ended" ON "identity"."operation" USING btree ("ended_at");