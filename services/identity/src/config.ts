import { z } from 'zod';
import { commonConfig, databaseConfig } from '@thecloud/service-kit';

/** What identity is told. It needs no join token and no enrolment: it signs its own certificate. */
export const identityConfig = z.object({
  ...commonConfig,
  ...databaseConfig,
  THECLOUD_CA_FILE: z.string().default('').describe('Not needed: ca.pem of the secrets directory is used'),
  THECLOUD_JOIN_TOKEN_PATH: z.string().default('').describe('Not needed'),
  THECLOUD_ENROLL_ENDPOINT: z.string().default('').describe('Not needed'),
  THECLOUD_IDENTITY_ADDRESS: z.string().default('127.0.0.1:0').describe('Where the gRPC server listens'),
  THECLOUD_ENROLL_ADDRESS: z
    .string()
    .default('127.0.0.1:0')
    .describe('Where new processes get their first certificate; the only port that asks for none'),
  THECLOUD_IDENTITY_SECRETS_DIR: z
    .string()
    .describe("Holds the authority's key and certificate and the token signing key"),
  THECLOUD_IDENTITY_CERTIFICATE_HOURS: z.coerce
    .number()
    .positive()
    .max(24 * 30)
    .default(24)
    .describe("Life of processes' certificates, in hours; fractions are allowed"),
  THECLOUD_REGISTRATION: z
    .enum(['open', 'closed'])
    .default('open')
    .describe('Whether anybody may open an account'),
});

export type IdentityConfig = z.infer<typeof identityConfig>;
