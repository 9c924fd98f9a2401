import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeV1 } from '@thecloud/api';
import {
  certificateMetric,
  channelOptions,
  createLogger,
  createMetrics,
  currentEtcd,
  enableDiscovery,
  keepRenewed,
  obtainCertificate,
  RpcMetrics,
  startOpsServer,
  startRpcServer,
} from '@thecloud/service-kit';
import type { CertificateFiles, Logger } from '@thecloud/service-kit';
import type { AgentConfig } from './config';
import { Agent } from './core/agent';
import type { AskedDriver } from './core/agent';
import { Journal } from './core/journal';
import type { Kind } from './core/kind';
import { defaultDriver, Kinds } from './core/kinds';
import { Observations } from './core/observations';
import { isHere } from './core/record';
import type { ThingRecord } from './core/record';
import { uptimeMs } from './fence/deadline';
import { Fence } from './fence/fence';
import { hostIdOf } from './host-id';
import { instanceKind, instanceWatchdogs, sweepExecs } from './instances';
import { InstanceLife } from './kinds/instance/life/instance-life';
import { lifeHandlers } from './kinds/instance/life/life.rpc';
import { KIND, OWNER } from './kinds/instance/names';
import { fromRelease010 } from './kinds/instance/release-0.1.0';
import { Beats } from './liveness/beats';
import { inventory, machineCapacity } from './liveness/inventory';
import type { Capacity } from './liveness/inventory';
import { agentMetrics } from './metrics';
import { startReports } from './reports';
import { agentService } from './rpc/agent.rpc';

export interface RunningAgent {
  readonly hostId: string;
  /** host:port that compute reaches it at. */
  readonly endpoint: string;
  readonly opsPort: number;
  /** Stops the agent. What runs on the host keeps running. */
  close(): Promise<void>;
}

/** What tests add to a host. */
export interface Extras {
  readonly kinds?: readonly Kind[];
  /** gRPC targets of their owners. */
  readonly targets?: Readonly<Record<string, string>>;
}

const VERSION = (JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string })
  .version;

/** Enrols if need be, adopts what is on the host, then serves orders and reports. */
export async function start(config: AgentConfig, extras: Extras = {}): Promise<RunningAgent> {
  const log = createLogger({ service: 'agent', level: config.THECLOUD_LOG_LEVEL });
  const certificates = await obtainCertificate({
    dir: config.THECLOUD_CERTIFICATE_DIR,
    caFile: config.THECLOUD_CA_FILE,
    enrollEndpoint: config.THECLOUD_ENROLL_ENDPOINT,
    joinTokenFile: config.THECLOUD_JOIN_TOKEN_PATH,
    log,
  });
  const hostId = hostIdOf(certificates.certFile);
  const stopDiscovery = discovery(config, certificates);
  const instances = instanceKind(config, hostId);
  const kinds = new Kinds([instances, ...(extras.kinds ?? [])]);
  const dataDir = config.THECLOUD_AGENT_DATA_DIR;
  const journal = await openJournal(dataDir, log);
  const observations = new Observations(journal.boot, (kind, a, b) => kinds.of({ kind }).isSameFacts(a, b));
  const driverOf = ({ order }: ThingRecord) => order.driver || defaultDriver(kinds.of(order));
  const watchdogs = instanceWatchdogs(config, hostId);
  const fence = await Fence.open({ dataDir, journal, kinds, watchdogs, driverOf });
  await journal.renew(); // the watchdog is of this release now, and reads what this one writes
  const fenced = (record: ThingRecord) => fence.holds(record);
  const agent = new Agent({ kinds, journal, observations, fenced, log, now: Date.now });
  await agent.start();
  await sweepExecs(instances, log);
  const life = new InstanceLife({
    driverOf: (id) => instances.drivers.of(agent.driverOf({ kind: KIND, id })).instances,
    observations,
    here: (id) => isHere(journal.get({ kind: KIND, id })),
    execIdleMs: config.THECLOUD_AGENT_EXEC_IDLE_SECONDS * 1000,
    log,
  });

  const registry = createMetrics('agent');
  const rpc = await startRpcServer({
    address: config.THECLOUD_AGENT_LISTEN_ADDRESS,
    credentials: certificates.serverCredentials(),
    services: [agentService(agent, kinds, hostId, lifeHandlers(life))],
    log,
    metrics: new RpcMetrics(registry),
  });
  const endpoint = endpointOf(config, rpc.port);
  const self = {
    address: config.THECLOUD_AGENT_PUBLISH_ADDRESS,
    agentEndpoint: endpoint,
    agentVersion: VERSION,
  };
  const compute = new computeV1.HostAgentServiceClient(
    config.THECLOUD_AGENT_COMPUTE_TARGET,
    certificates.channelCredentials(),
    channelOptions('compute'),
  );
  const beats = new Beats({
    open: () => compute.reportHost(),
    inventory: async () => {
      const asked = await agent.health();
      const [first] = asked;
      if (!first) throw new Error('this host has no driver');
      return inventory(capacityOf(config), { name: first.driver, health: first.health }, self);
    },
    driverProblem: async () => problemOf(await agent.health()),
    unfencedDrivers: kinds
      .drivers()
      .filter(({ kind, driver }) => kind.fence?.canFence(driver.name) === false)
      .map(({ driver }) => driver.name),
    fence: {
      get armedMs() {
        return fence.armedMs;
      },
      orders: () => fence.orders(),
      acknowledged: async (answer) => {
        const fine = await fence.acknowledged(answer);
        if (fine && answer.greeted) agent.reconsider(); // what was held back may be over
        return fine;
      },
    },
    certificateEndsSoon: () => certificates.endsSoon(),
    uptimeMs,
    log,
  });
  const targets: Record<string, string> = {
    [OWNER]: config.THECLOUD_AGENT_COMPUTE_TARGET,
    ...extras.targets,
  };
  const targetOf = (owner: string) => targets[owner] ?? `thecloud:///${owner}`;
  const reports = startReports({ kinds, observations, certificates, targetOf, log });
  certificateMetric(registry, certificates);
  agentMetrics(registry, kinds, observations, life.limits, () => beats.connected);
  const ops = await startOpsServer({
    address: config.THECLOUD_OPS_ADDRESS,
    registry,
    missing: async () => [
      ...new Set([...(beats.connected ? [] : ['compute']), ...reports.missing]),
      ...(await agent.health()).filter(({ health }) => !health.ok).map(({ driver }) => driver),
    ],
  });
  beats.start();
  const stopRenewal = keepRenewed(certificates, config.THECLOUD_AGENT_IDENTITY_TARGET, log);
  log.info({ hostId, endpoint, driver: config.THECLOUD_AGENT_DRIVER.join(','), ops: ops.port }, 'serving');

  return {
    hostId,
    endpoint,
    opsPort: ops.port,
    close: async () => {
      stopRenewal();
      beats.close();
      reports.close();
      compute.close();
      await rpc.drain();
      await agent.close();
      await ops.close();
      stopDiscovery();
      log.info('closed; instances keep running');
    },
  };
}

function openJournal(dir: string, log: Logger): Promise<Journal> {
  const onCorrupt = (file: string, why: string) =>
    log.error(
      { file, why },
      'lines of the journal were unreadable and are set aside; what was ordered is ordered again',
    );
  return Journal.open(dir, { onCorrupt, modernize: fromRelease010 });
}

/** Empty: all are well. */
function problemOf(asked: readonly AskedDriver[]): string {
  const ill = asked.flatMap(({ driver, health }) => (health.ok ? [] : [{ driver, why: health.why }]));
  if (asked.length === 1) return ill[0]?.why ?? '';
  return ill.map(({ driver, why }) => `${driver}: ${why}`).join(' ');
}

function capacityOf(config: AgentConfig): Capacity {
  if (config.THECLOUD_AGENT_DRIVER[0] === 'noop') {
    return {
      cpuMillicores: config.THECLOUD_AGENT_NOOP_VCPUS * 1_000,
      memoryMib: config.THECLOUD_AGENT_NOOP_MEMORY_MIB,
    };
  }
  return machineCapacity({
    cpuOvercommit: config.THECLOUD_AGENT_CPU_OVERCOMMIT,
    memoryReserveMib: config.THECLOUD_AGENT_MEMORY_RESERVE_MIB,
  });
}

function endpointOf(config: AgentConfig, port: number): string {
  const listen = config.THECLOUD_AGENT_LISTEN_ADDRESS;
  const host = config.THECLOUD_AGENT_ADVERTISED_HOST || listen.slice(0, listen.lastIndexOf(':'));
  return `${host}:${port}`;
}

/** Agents that are given addresses need no etcd. */
function discovery(config: AgentConfig, certificates: CertificateFiles): () => void {
  if (!config.THECLOUD_ETCD_ENDPOINTS) return () => undefined;
  const etcd = currentEtcd(config.THECLOUD_ETCD_ENDPOINTS, certificates);
  const stop = enableDiscovery(etcd);
  return () => {
    stop();
    etcd().close();
  };
}
