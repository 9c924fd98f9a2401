DROP INDEX "identity"."user_email";--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "one_time_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "disabled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "identity"."user" ADD COLUMN "deleted_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "user_email" ON "identity"."user" USING btree ("email") WHERE deleted_at is null;