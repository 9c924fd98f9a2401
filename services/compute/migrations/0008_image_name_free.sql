DROP INDEX "compute"."image_name";--> statement-breakpoint
ALTER TABLE "compute"."image" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "image_by_name" ON "compute"."image" USING btree ("project_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "image_name" ON "compute"."image" USING btree ("project_id","name") WHERE state in ('importing', 'ready');