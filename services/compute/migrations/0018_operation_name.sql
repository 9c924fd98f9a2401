ALTER TABLE "compute"."operation" ADD COLUMN "resource_name" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "operation_resource_name" ON "compute"."operation" USING btree ("project_id","resource_name");--> statement-breakpoint
CREATE INDEX "operation_ended" ON "compute"."operation" USING btree ("ended_at");--> statement-breakpoint
UPDATE "compute"."operation" o SET "resource_name" = r.name
  FROM (SELECT id, name FROM "compute"."instance" UNION ALL SELECT id, name FROM "compute"."image"
        UNION ALL SELECT id, name FROM "compute"."ssh_key") r
 WHERE r.id = o.resource_id;
