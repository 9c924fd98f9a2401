import { z } from 'zod';
import { commonConfig, databaseConfig, egressConfig } from '@thecloud/service-kit';

/** Environment of the compute service. Each variable may also be given as NAME_FILE. */
export const computeConfig = z.object({
  ...commonConfig,
  ...databaseConfig,
  ...egressConfig,
  THECLOUD_COMPUTE_ADDRESS: z.string().default('127.0.0.1:0').describe('host:port of its gRPC server'),
  THECLOUD_REGISTRY_ADDRESS: z.string().describe('host:port of the image registry, as hosts reach it'),
  THECLOUD_REGISTRY_USERNAME: z.string().default('thecloud'),
  THECLOUD_REGISTRY_PASSWORD: z.string().describe('Give it as THECLOUD_REGISTRY_PASSWORD_FILE'),
  THECLOUD_SPOOL_DIR: z
    .string()
    .describe('Where uploads wait for the registry; needs room for the largest image'),
  THECLOUD_HOST_FENCE_SECONDS: z.coerce
    .number()
    .int()
    .min(4)
    .default(60)
    .describe('A host that stays silent this long after its lease ended is dead, and its instances move'),
  THECLOUD_IMAGE_LIMIT_MIB: z.coerce
    .number()
    .int()
    .positive()
    .default(4096)
    .describe('Largest image, uploaded or imported, as it is sent'),
  THECLOUD_IMAGE_IMPORTS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .default(4)
    .describe('Images imported at the same time; of one person, half of them'),
  THECLOUD_IMAGE_UPLOADS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .default(4)
    .describe('Uploaded images unpacked and stored at the same time; of one person, half of them'),
  THECLOUD_IMAGE_RECEPTIONS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .default(12)
    .describe('Uploads under way, those that are still received included; of one person, a quarter of them'),
  THECLOUD_IMAGE_UPLOAD_IDLE_SECONDS: z.coerce
    .number()
    .positive()
    .max(600)
    .default(30)
    .describe('Longest pause within an upload'),
  THECLOUD_IMAGE_UPLOAD_MIN_KIB_PER_SECOND: z.coerce
    .number()
    .positive()
    .default(64)
    .describe('Least that an upload sends on average, after the time of a pause'),
  THECLOUD_IMAGES_OF_PROJECT: z.coerce
    .number()
    .int()
    .positive()
    .default(200)
    .describe('Images that a project may have, failed ones included'),
  THECLOUD_IMAGE_STORAGE_MIB_OF_PROJECT: z.coerce
    .number()
    .int()
    .positive()
    .default(102_400)
    .describe('What the images of a project may come to, compressed; deleted ones count for a day'),
  THECLOUD_IMAGE_STORAGE_MIB_OF_PERSON: z.coerce
    .number()
    .int()
    .positive()
    .default(204_800)
    .describe('What the images of a person in all projects may come to, likewise'),
  THECLOUD_IMAGE_UNPACKED_LIMIT_MIB: z.coerce
    .number()
    .int()
    .positive()
    .default(16_384)
    .describe('Most that decompressing one upload may write, its tarball and all its layers together'),
});

export type ComputeConfig = z.infer<typeof computeConfig>;
