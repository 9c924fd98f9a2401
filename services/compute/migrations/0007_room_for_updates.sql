-- Rows that are made and then change several times within a second. Room in their pages lets a change stay in its row's
-- page, and then no index hears of it (PostgreSQL's heap-only tuples).
ALTER TABLE "compute"."instance" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "compute"."operation" SET (fillfactor = 70);--> statement-breakpoint
ALTER TABLE "compute"."work" SET (fillfactor = 70);
