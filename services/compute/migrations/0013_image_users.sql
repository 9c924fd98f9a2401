-- How many instances stand on an image, of whichever projects: it may have been shared. A transaction that sees one
-- project's rows asks this; it sees no more than before once it has its answer.
CREATE FUNCTION "compute"."image_users"(image text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  scope_before text := coalesce(current_setting('thecloud.scope', true), '');
  users bigint;
BEGIN
  PERFORM set_config('thecloud.scope', 'system', true);
  SELECT count(*) INTO users FROM compute.instance WHERE image_id = image AND desired <> 'absent';
  PERFORM set_config('thecloud.scope', scope_before, true);
  RETURN users;
END $$;
