import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Etcd3 } from 'etcd3';
import type { Registry } from 'prom-client';
import { identityV1 } from '@thecloud/api';
import type { Reconciler } from '@thecloud/reconcile';
import { Runner } from '@thecloud/reconcile';
import type { CertificateFiles } from './certificates/certificate-files';
import { keepRenewed, obtainCertificate } from './certificates/obtain';
import type { Issue } from './certificates/obtain';
import { Database } from './db/database';
import { keptAnswers } from './db/kept-answers';
import type { KeptAnswers } from './db/kept-answers';
import { mutateWith } from './db/mutate';
import type { Mutate } from './db/mutate';
import { operationRpc } from './operation/operation.rpc';
import { OperationPruning } from './operation/operation-pruning';
import { Operations } from './operation/operations';
import type { KitTables } from './db/tables';
import { enqueueStanding } from './db/standing-keys';
import { PgWorkSource } from './db/work-source';
import { Announcement, enableDiscovery } from './etcd/discovery';
import { EtcdLeadership } from './etcd/election';
import { openEtcd } from './etcd/etcd';
import { Changes } from './events/changes';
import { DurableConsumer } from './events/durable-consumer';
import type { EventConsumer } from './events/durable-consumer';
import { EventEffects } from './events/event-effects';
import { DEFAULT_RETENTION, EventBus } from './events/nats';
import { OutboxRelay } from './events/relay';
import { Wakes } from './events/wakes';
import { listenToFailpoints } from './failpoints';
import { returnMemoryWhenIdle } from './idle-memory';
import { createLogger } from './log';
import type { Logger } from './log';
import { createClient } from './rpc/client';
import type { Implementation } from './rpc/implement';
import type { Probes } from './rpc/health';
import { startRpcServer } from './rpc/server';
import { TokenVerifier } from './rpc/tokens';
import { certificateMetric, createMetrics, RpcMetrics, runnerMetrics } from './telemetry/metrics';
import { startOpsServer } from './telemetry/ops-server';
import { startTracing } from './telemetry/tracing';

/** The settings every service has; see commonConfig and databaseConfig. */
export interface ServiceConfig {
  readonly THECLOUD_LOG_LEVEL: string;
  readonly THECLOUD_CERTIFICATE_DIR: string;
  readonly THECLOUD_CA_FILE: string;
  readonly THECLOUD_JOIN_TOKEN_PATH: string;
  readonly THECLOUD_ENROLL_ENDPOINT: string;
  readonly THECLOUD_ETCD_ENDPOINTS: string;
  readonly THECLOUD_OPS_ADDRESS: string;
  readonly THECLOUD_DATABASE_URL: string;
  readonly THECLOUD_DATABASE_PASSWORD?: string | undefined;
  readonly THECLOUD_NATS_URL: string;
  readonly THECLOUD_EVENTS_KEEP_HOURS: number;
  readonly THECLOUD_EVENTS_KEEP_MIB: number;
  readonly THECLOUD_OPERATIONS_KEEP_DAYS: number;
}

/** What a service stands on. Made by `layFoundation`, used by its modules, put to work by `serve`. */
export interface Foundation {
  readonly service: string;
  /** This replica's name in elections and discovery. */
  readonly member: string;
  readonly config: ServiceConfig;
  readonly log: Logger;
  readonly certificates: CertificateFiles;
  readonly etcd: () => Etcd3;
  readonly db: Database;
  readonly tables: KitTables;
  readonly bus: EventBus;
  readonly wakes: Wakes;
  readonly changes: Changes;
  readonly work: PgWorkSource;
  readonly operations: Operations;
  readonly mutate: Mutate;
  readonly answers: KeptAnswers;
  readonly registry: Registry;
  /** Ends its part in discovery: the last thing it does. */
  readonly stopDiscovery: () => void;
}

export interface FoundationOptions {
  readonly service: string;
  readonly config: ServiceConfig;
  readonly tables: KitTables;
  /** Identity issues its own; everybody else enrols. */
  readonly certificates?: CertificateFiles;
  /** See DatabaseOptions. */
  readonly enterProject?: string;
}

export async function layFoundation({
  service,
  config,
  tables,
  certificates: own,
  enterProject,
}: FoundationOptions): Promise<Foundation> {
  const log = createLogger({ service, level: config.THECLOUD_LOG_LEVEL });
  const certificates =
    own ??
    (await obtainCertificate({
      dir: config.THECLOUD_CERTIFICATE_DIR,
      caFile: config.THECLOUD_CA_FILE,
      enrollEndpoint: config.THECLOUD_ENROLL_ENDPOINT,
      joinTokenFile: config.THECLOUD_JOIN_TOKEN_PATH,
      log,
    }));
  const etcd = currentEtcd(config.THECLOUD_ETCD_ENDPOINTS, certificates);
  const stopDiscovery = enableDiscovery(etcd); // before any client is made: gRPC reads a target's scheme when it is
  const db = new Database({
    url: config.THECLOUD_DATABASE_URL,
    ...(config.THECLOUD_DATABASE_PASSWORD ? { password: config.THECLOUD_DATABASE_PASSWORD } : {}),
    ...(existsSync(config.THECLOUD_CA_FILE) ? { ca: readFileSync(config.THECLOUD_CA_FILE, 'utf8') } : {}),
    log,
    ...(enterProject ? { enterProject } : {}),
  });
  const bus = new EventBus(config.THECLOUD_NATS_URL, certificates, log, {
    hours: config.THECLOUD_EVENTS_KEEP_HOURS,
    mib: config.THECLOUD_EVENTS_KEEP_MIB,
    dedupSeconds: DEFAULT_RETENTION.dedupSeconds,
  });
  const wakes = new Wakes(service, bus);
  const changes = new Changes(service, tables, bus);
  return {
    service,
    member: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
    config,
    log,
    certificates,
    etcd,
    db,
    tables,
    bus,
    wakes,
    changes,
    work: new PgWorkSource(db, tables, wakes),
    operations: new Operations(tables, changes),
    mutate: mutateWith(db, tables),
    answers: keptAnswers(db, tables),
    registry: createMetrics(service),
    stopDiscovery,
  };
}

/** Its engines by their names, and the certificate: not well when it has not been renewed for long. */
const partsOf = (f: Foundation, others: Probes = {}): Probes => {
  const engines: Probes = {
    postgres: () => f.db.ready(),
    nats: () => Promise.resolve(f.bus.connected()),
    etcd: () =>
      f
        .etcd()
        .get('health')
        .exec()
        .then(() => true),
    ...others,
  };
  return {
    ...Object.fromEntries(Object.entries(engines).map(([name, probe]) => [`engine.${name}`, probe])),
    certificate: () => Promise.resolve(f.certificates.endsSoon() === undefined),
  };
};

export interface Served {
  /** Of the gRPC server. */
  readonly port: number;
  readonly opsPort: number;
  /** Drains and closes everything, in at most 10 s. */
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Where the gRPC server listens and what address other processes reach it at. */
  readonly address: string;
  readonly services: readonly Implementation[];
  readonly reconcilers?: readonly Reconciler[];
  /** What it does about events, also other services'. */
  readonly consumers?: readonly EventConsumer[];
  /** Absent: fetched from identity through discovery. */
  readonly fetchKeys?: () => Promise<string>;
  /** Engines of this service alone; the ones that all stand on are known. */
  readonly engines?: Probes;
  /** Signs this process's next certificate. Absent: identity is asked through discovery. */
  readonly issue?: Issue;
}

export async function serve(f: Foundation, o: ServeOptions): Promise<Served> {
  const { log, registry } = f;
  const keys = keySource(f, o.fetchKeys);
  const rpc = await startRpcServer({
    address: o.address,
    credentials: f.certificates.serverCredentials(),
    services: [...o.services, operationRpc(f)],
    parts: partsOf(f, o.engines),
    tokens: new TokenVerifier(keys.fetch),
    log,
    metrics: new RpcMetrics(registry),
  });
  const host = o.address.slice(0, o.address.lastIndexOf(':'));
  const announcement = new Announcement(f.etcd, f.service, f.member, `${host}:${rpc.port}`, log);
  const relay = new OutboxRelay(f.db, f.tables, f.bus, log);
  const pruning = new OperationPruning(f.db, f.tables, f.config.THECLOUD_OPERATIONS_KEEP_DAYS, log);
  const runners = startRunners(f, o.reconcilers ?? []);
  const stopStanding = enqueueStanding(f, o.reconcilers ?? []);
  const consumers = startConsumers(f, o.consumers ?? []);
  const ops = await startOpsServer({
    address: f.config.THECLOUD_OPS_ADDRESS,
    registry,
    missing: async () => ((await f.db.ready()) ? [] : ['database']),
  });
  const stopRenewal = keepRenewed(f.certificates, o.issue ?? 'thecloud:///identity', log);
  certificateMetric(registry, f.certificates);
  log.info({ port: rpc.port, ops: ops.port }, 'serving');

  return {
    port: rpc.port,
    opsPort: ops.port,
    close: async () => {
      stopRenewal();
      pruning.close();
      stopStanding();
      await announcement.close();
      await Promise.all([rpc.drain(), ...runners.map((r) => r.close()), ...consumers.map((c) => c.close())]);
      await relay.close();
      keys.close();
      await Promise.all([ops.close(), f.bus.close(), f.db.close()]);
      f.stopDiscovery();
      f.etcd().close();
      log.info('closed');
    },
  };
}

function startRunners(f: Foundation, reconcilers: readonly Reconciler[]): Runner[] {
  const leadership = new EtcdLeadership(
    f.etcd,
    f.service,
    f.member,
    (controller, epoch) => f.work.beginTerm(controller, epoch),
    f.log,
  );
  const observer = runnerMetrics(
    f.registry,
    reconcilers.map((r) => r.name),
    f.log,
  );
  return reconcilers.map((r) => new Runner(r, { source: f.work, leadership, observer }));
}

function startConsumers(f: Foundation, consumers: readonly EventConsumer[]): DurableConsumer[] {
  if (consumers.length === 0) return [];
  const effects = new EventEffects(f);
  return consumers.map((consumer) => new DurableConsumer(f.service, consumer, { ...f, effects }));
}

function keySource(
  f: Foundation,
  given?: () => Promise<string>,
): { fetch: () => Promise<string>; close(): void } {
  if (given) return { fetch: given, close: () => undefined };
  const client = createClient(identityV1.TokenServiceClient, {
    target: 'thecloud:///identity',
    credentials: f.certificates.channelCredentials(),
    serverKind: 'identity',
  });
  return {
    fetch: async () => (await client.getKeySet({}, { timeoutMs: 3_000 })).jwksJson,
    close: () => client.close(),
  };
}

/** The etcd client; a renewed certificate makes a new one, and whoever asks next gets it. */
export function currentEtcd(endpoints: string, certificates: CertificateFiles): () => Etcd3 {
  let current = openEtcd(endpoints, certificates);
  certificates.onReplaced(() => {
    current = openEtcd(endpoints, certificates); // the old one serves the terms and watches begun on it
  });
  return () => current;
}

/**
 * Runs a service as a process, with its traces: SIGTERM and SIGINT close it; anything unexpected ends it loudly, for its
 * supervisor to restart.
 */
export function runAsProcess(service: string, start: () => Promise<{ close(): Promise<void> }>): void {
  const fail = (err: unknown) => {
    process.stderr.write(`${err instanceof Error ? (err.stack ?? err.message) : String(err)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  listenToFailpoints(process.env['THECLOUD_FAILPOINTS']);
  const begin = async () => {
    const flushTraces = await startTracing(service);
    return { running: await start(), flushTraces };
  };
  begin().then(({ running, flushTraces }) => {
    returnMemoryWhenIdle();
    let closing = false;
    const close = () => {
      if (closing) return;
      closing = true;
      setTimeout(() => process.exit(0), LONGEST_CLOSE_MS).unref();
      running
        .close()
        .then(flushTraces)
        .then(() => process.exit(0), fail);
    };
    process.on('SIGTERM', close);
    process.on('SIGINT', close);
  }, fail);
}

/** A process that was told to end has ended after this. */
const LONGEST_CLOSE_MS = 10_000;
