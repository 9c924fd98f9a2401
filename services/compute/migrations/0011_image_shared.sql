ALTER TABLE "compute"."image" ADD COLUMN "shared" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "image_shared_name" ON "compute"."image" USING btree ("name") WHERE shared;--> statement-breakpoint
CREATE POLICY "shared" ON "compute"."image" AS PERMISSIVE FOR SELECT TO public USING (shared);