import { commonConfig } from '@thecloud/service-kit';
import { z } from 'zod';

/** What an agent is told. Its host id is not among it: the name in its certificate is the host's id. */
export const agentConfig = z.object({
  ...commonConfig,
  THECLOUD_ETCD_ENDPOINTS: commonConfig.THECLOUD_ETCD_ENDPOINTS.default('').describe(
    'Comma-separated https URLs of etcd; needed only when a target below starts with thecloud:///',
  ),
  THECLOUD_AGENT_DATA_DIR: z.string().min(1).describe('Where the journal of wanted state is kept (0700)'),
  THECLOUD_AGENT_DRIVER: z
    .string()
    .default('docker')
    .transform((names) => names.split(','))
    .pipe(z.array(z.enum(['docker', 'noop'])).min(1))
    .describe(
      'What runs the instances; several, with commas: the first is what an order gets that names none',
    ),
  THECLOUD_AGENT_DOCKER_SOCKET: z
    .string()
    .default('/var/run/docker.sock')
    .describe("Path of Docker's socket"),
  THECLOUD_AGENT_CONTAINER_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,39}$/)
    .default('thecloud')
    .describe('What names of containers begin with; another one beside a host that has the same instances'),
  THECLOUD_AGENT_LISTEN_ADDRESS: z
    .string()
    .default('127.0.0.1:0')
    .describe('host:port the gRPC server listens on; port 0: any'),
  THECLOUD_AGENT_ADVERTISED_HOST: z
    .string()
    .default('')
    .describe('Host name or address compute reaches it at; empty: the one it listens on'),
  THECLOUD_AGENT_PUBLISH_ADDRESS: z
    .string()
    .default('127.0.0.1')
    .describe('Address that published ports listen on, and answer at'),
  THECLOUD_AGENT_COMPUTE_TARGET: z
    .string()
    .default('thecloud:///compute')
    .describe('gRPC target of compute: discovery, or host:port'),
  THECLOUD_AGENT_IDENTITY_TARGET: z
    .string()
    .default('thecloud:///identity')
    .describe('gRPC target of identity, to renew the certificate'),
  THECLOUD_AGENT_REGISTRY_AUTH_FILE: z
    .string()
    .default('')
    .describe('JSON file {"<registry host:port>": {"username": …, "password": …}}, read at every pull'),
  THECLOUD_AGENT_CPU_OVERCOMMIT: z.coerce
    .number()
    .positive()
    .default(4)
    .describe('vCPUs promised for each CPU'),
  THECLOUD_AGENT_MEMORY_RESERVE_MIB: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('Memory kept for the machine itself, in MiB; default: 10 %, at least 1024'),
  THECLOUD_AGENT_EXEC_IDLE_SECONDS: z.coerce
    .number()
    .positive()
    .max(86_400)
    .default(3_600)
    .describe('A program run by exec is ended when neither side has sent anything for so long'),
  THECLOUD_AGENT_NOOP_VCPUS: z.coerce
    .number()
    .int()
    .positive()
    .max(1_000_000)
    .default(64)
    .describe('vCPUs a noop host pretends to have'),
  THECLOUD_AGENT_NOOP_MEMORY_MIB: z.coerce
    .number()
    .int()
    .positive()
    .default(262_144)
    .describe('Memory a noop host pretends to have, in MiB'),
});

export type AgentConfig = z.infer<typeof agentConfig>;
