-- Of hosts that all claim one address, the one heard last keeps it: the others are reached nowhere, and say hello again.
UPDATE "compute"."host" h SET agent_endpoint = '' WHERE agent_endpoint <> '' AND EXISTS (
  SELECT FROM "compute"."host" other WHERE other.agent_endpoint = h.agent_endpoint
    AND (coalesce(other.last_seen_at, '-infinity'), other.id) > (coalesce(h.last_seen_at, '-infinity'), h.id));--> statement-breakpoint
CREATE UNIQUE INDEX "host_endpoint" ON "compute"."host" USING btree ("agent_endpoint") WHERE agent_endpoint <> '';