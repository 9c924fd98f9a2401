import type { Installation } from './installation';
import { type Layout, writePrivate } from './layout';
import { type PortName, portOf } from './ports';
import { registryUser, secret } from './secrets';
import { serviceManifests } from './services';
import { choices, commonPlaces, type Environment, placesOf } from './service-environment';

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

/** What `make up` hands on to the gateway, the agent and the libraries of all. */
const ofEdges = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'THECLOUD_AGENT_CPU_OVERCOMMIT',
  'THECLOUD_GATEWAY_GRPC_TLS_CERTIFICATE_PATH',
  'THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH',
  ...fairUse,
];

/** What `make up` hands on, and keeps: also every setting of a service that it does not decide itself. */
export const settingNames = [...new Set([...ofEdges, ...serviceManifests.flatMap(choices)])];

const operationServices = serviceManifests.filter(({ operations }) => operations).map(({ name }) => name);

const REGISTRY_LOGIN = 'registry-login.json';

/** What each is told, as an environment. Secrets stand in files of their own and are only named here. */
export function environments(
  layout: Layout,
  { ports, containerPrefix }: Pick<Installation, 'ports' | 'containerPrefix'>,
  dockerEndpoint: string,
): Record<string, Environment> {
  const at = (port: PortName) => `127.0.0.1:${portOf(ports, port)}`;
  const common = (name: string) => ({
    ...chosen('THECLOUD_LOG_LEVEL', 'OTEL_EXPORTER_OTLP_ENDPOINT'),
    ...commonPlaces(layout, name, at),
  });
  const services = serviceManifests.map((manifest): [string, Environment] => {
    const placed = { ...commonPlaces(layout, manifest.name, at), ...placesOf(layout, manifest, at) };
    return [manifest.name, { ...chosen(...choices(manifest), 'OTEL_EXPORTER_OTLP_ENDPOINT'), ...placed }];
  });
  return {
    ...Object.fromEntries(services),
    gateway: {
      ...common('gateway'),
      THECLOUD_GATEWAY_HTTP_ADDRESS: at('gateway'),
      THECLOUD_GATEWAY_GRPC_ADDRESS: at('gatewayGrpc'),
      THECLOUD_GATEWAY_OPERATION_SERVICES: operationServices.join(','),
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
export function writeEnvironments(layout: Layout, all: Record<string, Environment>): void {
  for (const [service, environment] of Object.entries(all)) {
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}\n`);
    writePrivate(layout.environment(service), lines.join(''));
  }
}

/** Single quotes keep every other character as it is. */
function quoted(value: string): string {
  if (/['\n]/.test(value)) throw new Error(`an environment file cannot hold ${JSON.stringify(value)}`);
  return `'${value}'`;
}

/** Settings of whoever ran `make up`, as far as they were made. */
function chosen(...variables: string[]): Environment {
  return Object.fromEntries(
    variables.flatMap((variable) => {
      if (!settingNames.includes(variable)) throw new Error(`${variable} would be lost: add it to ofEdges`);
      const value = process.env[variable];
      return value ? [[variable, value]] : [];
    }),
  );
}
