import { postgresSocketDirectory } from '@thecloud/engines';
import type { Installation } from './installation';
import { type Layout, writePrivate } from './layout';
import type { PortName } from './ports';
import { registryUser, secret } from './secrets';

export const databaseServices = ['identity', 'compute'] as const;
export const services = [...databaseServices, 'gateway', 'agent'] as const;
export type ServiceName = (typeof services)[number];

/** The readiness port of each service. */
export const opsPorts: Record<ServiceName, PortName> = {
  identity: 'identityOps',
  compute: 'computeOps',
  gateway: 'gatewayOps',
  agent: 'agentOps',
};

/** Of what one tenant may take. */
const fairUse = [
  'RATE_KEY',
  'RATE_PROJECT',
  'RATE_ADDRESS',
  'MAX_REQUESTS_AT_ONCE',
  'MAX_REQUESTS_AT_ONCE_OF_PROJECT',
  'MAX_REQUESTS_AT_ONCE_OF_ADDRESS',
  'SERVED_AT_ONCE',
  'MAX_STREAMS_OF_KEY',
  'MAX_STREAMS_OF_PROJECT',
].map((limit) => `THECLOUD_GATEWAY_${limit}`);

const computeSettings = [
  'THECLOUD_EGRESS_ALLOW',
  'THECLOUD_IMAGE_LIMIT_MIB',
  'THECLOUD_IMAGE_IMPORTS_AT_ONCE',
  'THECLOUD_IMAGE_UPLOADS_AT_ONCE',
  'THECLOUD_IMAGE_UNPACKED_LIMIT_MIB',
  'THECLOUD_IMAGE_RECEPTIONS_AT_ONCE',
  'THECLOUD_IMAGE_UPLOAD_IDLE_SECONDS',
  'THECLOUD_IMAGE_UPLOAD_MIN_KIB_PER_SECOND',
  'THECLOUD_IMAGES_OF_PROJECT',
  'THECLOUD_IMAGE_STORAGE_MIB_OF_PROJECT',
  'THECLOUD_IMAGE_STORAGE_MIB_OF_PERSON',
];

/** What `make up` hands on to the services, and keeps. */
export const settingNames = [
  'THECLOUD_LOG_LEVEL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'THECLOUD_EVENTS_KEEP_HOURS',
  'THECLOUD_EVENTS_KEEP_MIB',
  'THECLOUD_OPERATIONS_KEEP_DAYS',
  'THECLOUD_REGISTRATION',
  'THECLOUD_AGENT_CPU_OVERCOMMIT',
  'THECLOUD_GATEWAY_GRPC_TLS_CERTIFICATE_PATH',
  'THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH',
  ...fairUse,
  ...computeSettings,
];

const REGISTRY_LOGIN = 'registry-login.json';
export const databasePassword = (service: string) => `database-${service}-password`;

/** What each service is told, as an environment. Secrets stand in files of their own and are only named here. */
export function environments(
  layout: Layout,
  { ports, containerPrefix }: Installation,
  dockerEndpoint: string,
): Record<ServiceName, Record<string, string>> {
  const at = (port: PortName) => `127.0.0.1:${ports[port]}`;
  const common = (service: ServiceName) => ({
    ...chosen('THECLOUD_LOG_LEVEL'),
    ...chosen('OTEL_EXPORTER_OTLP_ENDPOINT'),
    THECLOUD_CERTIFICATE_DIR: layout.process(service, 'certificate'),
    THECLOUD_CA_FILE: `${layout.tls('postgres')}/ca.pem`,
    THECLOUD_JOIN_TOKEN_PATH: layout.process(service, 'join-token'),
    THECLOUD_ENROLL_ENDPOINT: at('enroll'),
    THECLOUD_ETCD_ENDPOINTS: `https://${at('etcd')}`,
    THECLOUD_OPS_ADDRESS: at(opsPorts[service]),
  });
  const database = (service: ServiceName) => ({
    THECLOUD_DATABASE_URL: `postgres://thecloud_${service}@${at('postgres')}/thecloud?host=${encodeURIComponent(postgresSocketDirectory(layout.home))}`,
    THECLOUD_DATABASE_PASSWORD_FILE: layout.secret(databasePassword(service)),
    THECLOUD_NATS_URL: `tls://${at('nats')}`,
    ...chosen('THECLOUD_EVENTS_KEEP_HOURS', 'THECLOUD_EVENTS_KEEP_MIB', 'THECLOUD_OPERATIONS_KEEP_DAYS'),
  });
  const registry = {
    THECLOUD_REGISTRY_ADDRESS: at('registry'),
    THECLOUD_REGISTRY_USERNAME: registryUser,
    THECLOUD_REGISTRY_PASSWORD_FILE: layout.secret('registry-password'),
  };
  return {
    identity: {
      ...common('identity'),
      ...database('identity'),
      THECLOUD_IDENTITY_ADDRESS: at('identity'),
      THECLOUD_ENROLL_ADDRESS: at('enroll'),
      THECLOUD_IDENTITY_SECRETS_DIR: layout.identitySecrets,
      ...chosen('THECLOUD_REGISTRATION'),
    },
    compute: {
      ...common('compute'),
      ...database('compute'),
      ...registry,
      THECLOUD_COMPUTE_ADDRESS: at('compute'),
      THECLOUD_SPOOL_DIR: layout.process('compute', 'spool'),
      ...chosen(...computeSettings),
    },
    gateway: {
      ...common('gateway'),
      THECLOUD_GATEWAY_HTTP_ADDRESS: at('gateway'),
      THECLOUD_GATEWAY_GRPC_ADDRESS: at('gatewayGrpc'),
      THECLOUD_GATEWAY_OPERATION_SERVICES: 'compute',
      THECLOUD_NATS_URL: `tls://${at('nats')}`,
      ...chosen(...fairUse),
      ...chosen('THECLOUD_GATEWAY_GRPC_TLS_CERTIFICATE_PATH'),
      ...chosen('THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH'),
    },
    agent: {
      ...common('agent'),
      THECLOUD_AGENT_LISTEN_ADDRESS: at('agent'),
      THECLOUD_AGENT_DATA_DIR: layout.process('agent', 'data'),
      THECLOUD_AGENT_DOCKER_SOCKET: dockerEndpoint.replace(/^unix:\/\//, ''),
      THECLOUD_AGENT_REGISTRY_AUTH_FILE: layout.secret(REGISTRY_LOGIN),
      ...(containerPrefix ? { THECLOUD_AGENT_CONTAINER_PREFIX: containerPrefix } : {}),
      ...chosen('THECLOUD_AGENT_CPU_OVERCOMMIT'),
    },
  };
}

/** How agents log in to the registry: they read it at every pull. */
export function writeRegistryLogin(layout: Layout, { ports }: Installation): void {
  const login = { username: registryUser, password: secret(layout, 'registry-password') };
  writePrivate(layout.secret(REGISTRY_LOGIN), JSON.stringify({ [`127.0.0.1:${ports.registry}`]: login }));
}

/** Writes them in the form that `node --env-file` and systemd read. */
export function writeEnvironments(layout: Layout, all: Record<ServiceName, Record<string, string>>): void {
  for (const service of services) {
    const lines = Object.entries(all[service]).map(([name, value]) => `${name}=${quoted(value)}\n`);
    writePrivate(layout.environment(service), lines.join(''));
  }
}

/** Single quotes keep every other character as it is. */
function quoted(value: string): string {
  if (/['\n]/.test(value)) throw new Error(`an environment file cannot hold ${JSON.stringify(value)}`);
  return `'${value}'`;
}

/** Settings of whoever ran `make up`, as far as they were made. */
function chosen(...variables: string[]): Record<string, string> {
  return Object.fromEntries(
    variables.flatMap((variable) => {
      if (!settingNames.includes(variable))
        throw new Error(`${variable} would be lost: add it to settingNames`);
      const value = process.env[variable];
      return value ? [[variable, value]] : [];
    }),
  );
}
