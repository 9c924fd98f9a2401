CREATE TABLE "compute"."closed_project" (
	"project_id" text PRIMARY KEY NOT NULL,
	"requested_by" text NOT NULL,
	"closed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "compute"."closed_project" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "tenant" ON "compute"."closed_project" AS PERMISSIVE FOR ALL TO public USING (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system') WITH CHECK (project_id = current_setting('thecloud.project_id', true) or current_setting('thecloud.scope', true) = 'system');--> statement-breakpoint
-- Every write in a project begins with this: it holds the project's lock, shared with other writes, until it ends.
CREATE FUNCTION "compute"."enter_project"(id text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtext('compute.project'), hashtext(id));
  IF EXISTS (SELECT FROM compute.closed_project WHERE project_id = id) THEN
    RAISE EXCEPTION 'project % is closed', id USING ERRCODE = 'TC001';
  END IF;
END $$;--> statement-breakpoint
-- Waits until no write in the project is under way, and keeps later ones waiting until its transaction ends.
CREATE FUNCTION "compute"."lock_project"(id text) RETURNS void LANGUAGE sql VOLATILE AS $$
  SELECT pg_advisory_xact_lock(hashtext('compute.project'), hashtext(id))
$$;
