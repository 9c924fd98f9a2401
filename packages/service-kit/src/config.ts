import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * Reads a process's configuration from the environment. A variable X may instead be given as X_FILE,
 * the path of a file that holds it: so secrets stay out of environments and argument lists.
 * Throws one Error naming every variable that is missing or wrong.
 */
export function loadConfig<S extends z.ZodObject>(
  schema: S,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<S> {
  const raw: Record<string, string> = {};
  for (const key of Object.keys(schema.shape)) {
    const file = env[`${key}_FILE`];
    const value = env[key] ?? (file ? readFileSync(file, 'utf8').trim() : undefined);
    if (value !== undefined) raw[key] = value;
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((i) => `  ${i.path.join('.')}: ${i.message}`).join('\n');
  throw new Error(
    `The configuration is not valid:\n${problems}\nEach may also be given as NAME_FILE, the path of a file.`,
  );
}

/** What every process of the control plane is told. */
export const commonConfig = {
  THECLOUD_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least severe line to log'),
  THECLOUD_CERTIFICATE_DIR: z.string().describe('Where this process keeps its certificate and key'),
  THECLOUD_CA_FILE: z.string().describe("The installation's CA certificate, to enrol with"),
  THECLOUD_JOIN_TOKEN_PATH: z
    .string()
    .describe('File holding the join token, needed while there is no valid certificate'),
  THECLOUD_ENROLL_ENDPOINT: z.string().describe("host:port of identity's enrolment port"),
  THECLOUD_ETCD_ENDPOINTS: z.string().describe('Comma-separated https URLs of etcd'),
  THECLOUD_OPS_ADDRESS: z.string().default('127.0.0.1:0').describe('Where /metrics and /health answer'),
};

/** What a service with a database is told besides. */
export const databaseConfig = {
  THECLOUD_DATABASE_URL: z
    .string()
    .describe(
      'postgres://user@host:port/database, without the password; by TLS, or with ?host=/directory through the socket in it',
    ),
  THECLOUD_DATABASE_PASSWORD: z
    .string()
    .optional()
    .describe("The role's password; give it as THECLOUD_DATABASE_PASSWORD_FILE"),
  THECLOUD_NATS_URL: z.string().describe('tls://host:port of NATS'),
  THECLOUD_EVENTS_KEEP_HOURS: z.coerce
    .number()
    .int()
    .min(1)
    .default(72)
    .describe('Events are kept this long for those who read on later; the same in every service'),
  THECLOUD_EVENTS_KEEP_MIB: z.coerce
    .number()
    .int()
    .min(16)
    .default(1024)
    .describe('… and at most this much of them; the oldest go first'),
  THECLOUD_OPERATIONS_KEEP_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(36_500)
    .default(30)
    .describe(
      'Operations are kept this long after they ended; the last one of a resource as long as that is there',
    ),
};
