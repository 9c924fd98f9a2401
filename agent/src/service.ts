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
import { inventory, machineCapacity } from './liveness/inventory';
import type { Capacity } from './liveness/inventory';
import { Journal } from './core/journal';
import { Observations } from './core/observations';
import { isHere } from './core/record';
import type { InstanceRecord } from './core/record';
import { Reporter } from './liveness/beats';
import { announced } from './core/announced';
import { drivers } from './kinds/instance/drivers/drivers';
import type { ExecDriver } from './kinds/instance/ports/exec-driver';
import { uptimeMs } from './fence/deadline';
import { Fence } from './fence/fence';
import { hostIdOf } from './host-id';
import { InstanceLife } from './kinds/instance/life/instance-life';
import { agentMetrics } from './metrics';
import { agentService } from './rpc/agent.rpc';
import { observedFrom } from './kinds/instance/codec';
import { DockerWatchdog, noopWatchdog } from './kinds/instance/watchdog/docker-watchdog';

export interface RunningAgent {
  readonly hostId: string;
  /** host:port that compute reaches it at. */
  readonly endpoint: string;
  readonly opsPort: number;
  /** Stops the agent. What runs on the host keeps running. */
  close(): Promise<void>;
}

const VERSION = (JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string })
  .version;

/** Enrols if need be, adopts what is on the host, then serves orders and reports. */
export async function start(config: AgentConfig): Promise<RunningAgent> {
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
  const made = drivers[config.THECLOUD_AGENT_DRIVER](config, hostId);
  const [driver, images] = [announced('instance', made.instances), announced('image', made.images)];
  const journal = await openJournal(config.THECLOUD_AGENT_DATA_DIR, log);
  const observations = new Observations(journal.boot);
  const dataDir = config.THECLOUD_AGENT_DATA_DIR;
  const socketPath = config.THECLOUD_AGENT_DOCKER_SOCKET;
  const watchdog =
    driver.kind === 'docker' ? new DockerWatchdog({ dataDir, socketPath, hostId }) : noopWatchdog;
  const fence = await Fence.open(dataDir, journal, watchdog);
  const fenced = (record: InstanceRecord) => fence.holds(record);
  const agent = new Agent({ driver, images, journal, observations, fenced, log, now: Date.now });
  await agent.start();
  await sweep(driver, log);
  const life = new InstanceLife({
    driver,
    observations,
    here: (id) => isHere(journal.get(id)),
    execIdleMs: config.THECLOUD_AGENT_EXEC_IDLE_SECONDS * 1000,
    log,
  });

  const registry = createMetrics('agent');
  const rpc = await startRpcServer({
    address: config.THECLOUD_AGENT_LISTEN_ADDRESS,
    credentials: certificates.serverCredentials(),
    services: [agentService(agent, life, hostId)],
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
  const reporter = new Reporter({
    open: () => compute.reportHost(),
    inventory: async () =>
      inventory(capacityOf(config), { kind: driver.kind, health: await agent.health() }, self),
    health: () => agent.health(),
    observations,
    everything: () => agent.list(),
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
    toWire: observedFrom,
    log,
  });
  certificateMetric(registry, certificates);
  agentMetrics(registry, observations, life.limits, () => reporter.connected);
  const ops = await startOpsServer({
    address: config.THECLOUD_OPS_ADDRESS,
    registry,
    missing: async () => [
      ...(reporter.connected ? [] : ['compute']),
      ...((await agent.health()).ok ? [] : [driver.kind]),
    ],
  });
  reporter.start();
  const stopRenewal = keepRenewed(certificates, config.THECLOUD_AGENT_IDENTITY_TARGET, log);
  log.info({ hostId, endpoint, driver: driver.kind, ops: ops.port }, 'serving');

  return {
    hostId,
    endpoint,
    opsPort: ops.port,
    close: async () => {
      stopRenewal();
      reporter.close();
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
  return Journal.open(dir, (file, why) =>
    log.error(
      { file, why },
      'lines of the journal were unreadable and are set aside; compute repeats what was ordered',
    ),
  );
}

/** What ran by exec when an agent before this one died has no caller any more. Before anybody may run something anew. */
async function sweep(driver: Partial<ExecDriver>, log: Logger): Promise<void> {
  try {
    const ended = (await driver.sweep?.()) ?? 0;
    if (ended > 0) log.info({ ended }, 'ended programs that an earlier agent had run by exec');
  } catch (err) {
    log.warn({ err }, 'what an earlier agent had run by exec could not be ended');
  }
}

function capacityOf(config: AgentConfig): Capacity {
  if (config.THECLOUD_AGENT_DRIVER === 'noop') {
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
