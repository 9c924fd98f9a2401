/** Everything that listens, always on 127.0.0.1: its variable and the port it has unless that is set. */
export const portTable = {
  gateway: { variable: 'THECLOUD_PORT_GATEWAY', fallback: 8080 },
  gatewayGrpc: { variable: 'THECLOUD_PORT_GATEWAY_GRPC', fallback: 8081 },
  identity: { variable: 'THECLOUD_PORT_IDENTITY', fallback: 7101 },
  enroll: { variable: 'THECLOUD_PORT_ENROLL', fallback: 7102 },
  compute: { variable: 'THECLOUD_PORT_COMPUTE', fallback: 7103 },
  agent: { variable: 'THECLOUD_PORT_AGENT', fallback: 7104 },
  gatewayOps: { variable: 'THECLOUD_PORT_GATEWAY_OPS', fallback: 7110 },
  identityOps: { variable: 'THECLOUD_PORT_IDENTITY_OPS', fallback: 7111 },
  computeOps: { variable: 'THECLOUD_PORT_COMPUTE_OPS', fallback: 7112 },
  agentOps: { variable: 'THECLOUD_PORT_AGENT_OPS', fallback: 7113 },
  postgres: { variable: 'THECLOUD_PORT_POSTGRES', fallback: 7432 },
  etcd: { variable: 'THECLOUD_PORT_ETCD', fallback: 7379 },
  etcdPeer: { variable: 'THECLOUD_PORT_ETCD_PEER', fallback: 7380 },
  nats: { variable: 'THECLOUD_PORT_NATS', fallback: 7422 },
  registry: { variable: 'THECLOUD_PORT_REGISTRY', fallback: 7500 },
} as const;

export type PortName = keyof typeof portTable;
export type Ports = Readonly<Record<PortName, number>>;
export const portNames = Object.keys(portTable) as PortName[];

/** What the environment says, else what this installation had before, else the default. */
export function choosePorts(env: NodeJS.ProcessEnv, before: Partial<Record<PortName, number>> = {}): Ports {
  const chosen = portNames.map((name) => [name, chooseOne(name, env, before[name])] as const);
  const users = new Map<number, PortName>();
  for (const [name, port] of chosen) {
    const other = users.get(port);
    if (other) {
      const variables = `${portTable[other].variable} and ${portTable[name].variable}`;
      throw new Error(`${variables} are both ${port}; give each its own port`);
    }
    users.set(port, name);
  }
  return Object.fromEntries(chosen) as Ports;
}

function chooseOne(name: PortName, env: NodeJS.ProcessEnv, before: number | undefined): number {
  const { variable, fallback } = portTable[name];
  const text = env[variable];
  if (text === undefined || text === '') return before ?? fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`${variable} is "${text}"; it must be a port number from 1 to 65535`);
}
