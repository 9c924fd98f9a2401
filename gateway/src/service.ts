import {
  certificateMetric,
  createLogger,
  createMetrics,
  currentEtcd,
  enableDiscovery,
  EventBus,
  keepRenewed,
  obtainCertificate,
  startOpsServer,
} from '@thecloud/service-kit';
import { authenticateWith } from './authenticate';
import { Backends } from './backends';
import type { GatewayConfig } from './config';
import { fairUseWith } from './fair-use/fair-use';
import { startGrpcApi } from './grpc/grpc-api';
import { Lanes } from './lane/lanes';
import { startHttpApi } from './http-api';

export interface RunningGateway {
  readonly url: string;
  readonly port: number;
  /** Of the public gRPC API. */
  readonly grpcPort: number;
  /** Stops accepting, lets what is under way finish for up to 10 s, closes everything. */
  close(): Promise<void>;
}

/** Enrols if it must, finds the services through etcd and serves the public API. Rejects if an address is taken. */
export async function start(config: GatewayConfig): Promise<RunningGateway> {
  const log = createLogger({ service: 'gateway', level: config.THECLOUD_LOG_LEVEL });
  const certificates = await obtainCertificate({
    dir: config.THECLOUD_CERTIFICATE_DIR,
    caFile: config.THECLOUD_CA_FILE,
    enrollEndpoint: config.THECLOUD_ENROLL_ENDPOINT,
    joinTokenFile: config.THECLOUD_JOIN_TOKEN_PATH,
    log,
  });
  const etcd = currentEtcd(config.THECLOUD_ETCD_ENDPOINTS, certificates);
  const stopDiscovery = enableDiscovery(etcd);
  const backends = new Backends(certificates.channelCredentials());
  const lanes = new Lanes(certificates.channelCredentials(), backends.channelFor);
  const registry = createMetrics('gateway');
  certificateMetric(registry, certificates);
  const { channelFor, ownConnection } = backends;
  const bus = config.THECLOUD_NATS_URL
    ? new EventBus(config.THECLOUD_NATS_URL, certificates, log)
    : undefined;
  const fairUse = fairUseWith(config, bus);
  const authenticate = authenticateWith(config, channelFor);
  const shared = { channelFor, ownConnection, authenticate, fairUse, log, registry };
  const api = await startHttpApi(config, {
    ...shared,
    call: lanes.call,
    certificateIsGood: () => certificates.endsSoon() === undefined,
  });
  const grpc = await startGrpcApi(config, shared);
  const ops = await startOpsServer({ address: config.THECLOUD_OPS_ADDRESS, registry, missing: api.missing });
  const stopRenewal = keepRenewed(certificates, 'thecloud:///identity', log);
  return {
    url: api.url,
    port: api.port,
    grpcPort: grpc.port,
    close: async () => {
      stopRenewal();
      await Promise.all([api.close(), grpc.close()]);
      lanes.close();
      fairUse.close();
      await bus?.close();
      backends.close();
      await ops.close();
      stopDiscovery();
      etcd().close();
      log.info('closed');
    },
  };
}
