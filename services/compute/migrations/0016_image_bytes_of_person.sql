CREATE TABLE "compute"."deleted_image" (
	"id" text PRIMARY KEY NOT NULL,
	"project_id" text NOT NULL,
	"person_id" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"deleted_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "compute"."deleted_image" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE INDEX "deleted_image_of_project" ON "compute"."deleted_image" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "deleted_image_of_person" ON "compute"."deleted_image" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "image_of_person" ON "compute"."image" USING btree ("person_id");--> statement-breakpoint
CREATE POLICY "tenant" ON "compute"."deleted_image" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
-- What the images of a person come to in all projects, deleted ones included that the registry has not freed. A
-- transaction that sees one project's rows asks this; it sees no more than before once it has its answer.
CREATE FUNCTION "compute"."image_bytes_of_person"(person text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  scope_before text := coalesce(current_setting('thecloud.scope', true), '');
  bytes bigint;
BEGIN
  IF person = '' THEN
    RETURN 0;
  END IF;
  PERFORM set_config('thecloud.scope', 'system', true);
  SELECT coalesce(sum(size_bytes), 0) INTO bytes FROM (
    SELECT size_bytes FROM compute.image WHERE person_id = person
    UNION ALL SELECT size_bytes FROM compute.deleted_image WHERE person_id = person
  ) AS counted;
  PERFORM set_config('thecloud.scope', scope_before, true);
  RETURN bytes;
END $$;
