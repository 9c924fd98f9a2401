ALTER TABLE "compute"."image" ADD COLUMN "failures" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
UPDATE "compute"."image" SET "failures" = jsonb_build_object('own', "attempts" % 100, 'source', "attempts" / 100 % 100, 'unknown', "attempts" / 10000 % 100, 'final', "attempts" / 1000000) WHERE "attempts" > 0;
