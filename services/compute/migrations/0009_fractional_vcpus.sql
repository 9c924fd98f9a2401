ALTER TABLE "compute"."host" DROP CONSTRAINT "host_not_negative";--> statement-breakpoint
DROP INDEX "compute"."instance_host";--> statement-breakpoint
ALTER TABLE "compute"."host" ADD COLUMN "cpu_millicores" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."host" ADD COLUMN "allocated_cpu_millicores" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."instance" ADD COLUMN "cpu_millicores" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."instance" ADD COLUMN "memory_mib" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "compute"."instance" ADD COLUMN "entrypoint" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "instance_host" ON "compute"."instance" USING btree ("host_id","id" DESC NULLS LAST) WHERE host_id is not null;--> statement-breakpoint
ALTER TABLE "compute"."host" ADD CONSTRAINT "host_not_negative" CHECK ("compute"."host"."allocated_cpu_millicores" >= 0 and "compute"."host"."allocated_memory_mib" >= 0 and "compute"."host"."instance_count" >= 0);--> statement-breakpoint
-- The policies let only the system see every project's rows, whoever runs this.
SELECT set_config('thecloud.scope', 'system', true);--> statement-breakpoint
-- What was placed before keeps what it has of its host, which is what its container was made with: nano-1 was a whole vCPU.
UPDATE "compute"."host" SET "cpu_millicores" = "vcpus" * 1000, "allocated_cpu_millicores" = "allocated_vcpus" * 1000;--> statement-breakpoint
UPDATE "compute"."instance" i SET "cpu_millicores" = CASE WHEN i."type" = 'nano-1' AND i."host_id" IS NULL THEN 250 ELSE t."vcpus" * 1000 END, "memory_mib" = t."memory_mib"
  FROM (VALUES ('nano-1', 1, 128), ('basic-1', 1, 512), ('basic-2', 1, 1024), ('standard-1', 2, 2048), ('standard-2', 2, 4096), ('standard-4', 4, 8192), ('performance-1', 4, 16384), ('performance-2', 8, 32768)) AS t("type", "vcpus", "memory_mib")
 WHERE t."type" = i."type";
