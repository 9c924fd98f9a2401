import { serviceManifests } from './services';

/** Ports of engines, of the gateway and of the agent. Those of services stand in their manifests. */
const FIXED = {
  gateway: 8080,
  gatewayGrpc: 8081,
  agent: 7104,
  gatewayOps: 7110,
  agentOps: 7113,
  postgres: 7432,
  etcd: 7379,
  etcdPeer: 7380,
  nats: 7422,
  registry: 7500,
};

interface PortEntry {
  readonly variable: string;
  /** The port unless the variable is set. */
  readonly fallback: number;
}
type Known<T> = Readonly<Record<keyof typeof FIXED | 'identity' | 'enroll', T>> & Readonly<Record<string, T>>;

/** Everything that listens, always on 127.0.0.1. "computeOps" is moved by THECLOUD_PORT_COMPUTE_OPS. */
export const portTable = Object.fromEntries(
  [FIXED, ...serviceManifests.map(({ ports }) => ports)]
    .flatMap((ports) => Object.entries(ports))
    .map(([name, fallback]): [string, PortEntry] => [name, { variable: variableOf(name), fallback }]),
) as Known<PortEntry>;

export type PortName = string;
export type Ports = Known<number>;
export const portNames: readonly PortName[] = Object.keys(portTable);

function variableOf(name: string): string {
  return `THECLOUD_PORT_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;
}

/** Throws if there is no port of that name. */
export function portOf(ports: Ports, name: PortName): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`there is no port named ${name}`);
  return port;
}

/** What the environment says, else what this installation had before, else the default. */
export function choosePorts(env: NodeJS.ProcessEnv, before: Partial<Record<PortName, number>> = {}): Ports {
  const chosen = portNames.map((name) => [name, chooseOne(name, env, before[name])] as const);
  const users = new Map<number, PortName>();
  for (const [name, port] of chosen) {
    const other = users.get(port);
    if (other) {
      const variables = `${entryOf(other).variable} and ${entryOf(name).variable}`;
      throw new Error(`${variables} are both ${port}; give each its own port`);
    }
    users.set(port, name);
  }
  return Object.fromEntries(chosen) as Ports;
}

function chooseOne(name: PortName, env: NodeJS.ProcessEnv, before: number | undefined): number {
  const { variable, fallback } = entryOf(name);
  const text = env[variable];
  if (text === undefined || text === '') return before ?? fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${variable} is "${text}"; it must be a port number from 1 to 65535`);
}

export function entryOf(name: PortName): PortEntry {
  const entry = portTable[name];
  if (!entry) throw new Error(`there is no port named ${name}`);
  return entry;
}
