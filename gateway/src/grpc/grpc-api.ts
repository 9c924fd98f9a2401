import { readFileSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { imagePath, methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import { addReflection, RpcMetrics } from '@thecloud/service-kit';
import type { Logger } from '@thecloud/service-kit';
import type { Registry } from 'prom-client';
import type { Authenticate } from '../authenticate';
import { asIs } from '../backend-call';
import type { HttpConfig } from '../config';
import type { FairUse } from '../fair-use/fair-use';
import { operationServicesOf, serviceOf } from '../operations/all-services';
import { OpenStreams } from '../stream/open-streams';
import { proxyTo, refuseUnknown } from './proxy';
import type { ProxyDeps } from './proxy';
import { publicImage } from './public-image';
import type { PublicCall } from './relay';
import { answerUnknownMethods } from './unknown-methods';
import type { StreamClients } from '../stream/stream-client';

export interface GrpcApiDeps extends StreamClients {
  readonly authenticate: Authenticate;
  readonly fairUse: FairUse;
  readonly log: Logger;
  readonly registry: Registry;
}

export interface GrpcApi {
  readonly port: number;
  /** Ends streams, lets calls finish for up to 8 s, then cuts them off. */
  close(): Promise<void>;
}

const drainMs = 8_000;

/** Starts the public gRPC API: every method that is not for processes only. Rejects if the address is taken. */
export async function startGrpcApi(config: HttpConfig, deps: GrpcApiDeps): Promise<GrpcApi> {
  const served = methods.filter((m) => m.auth.peers.length === 0);
  const server = new Server({
    'grpc.max_receive_message_length': config.THECLOUD_GATEWAY_MAX_MESSAGE_BYTES,
    'grpc.max_concurrent_streams': 1_000,
    'grpc.keepalive_time_ms': 30_000, // finds callers that vanished without a word
    'grpc.keepalive_timeout_ms': 10_000,
  });
  const open = new OpenStreams();
  const proxy = {
    ...{ ...deps, open, metrics: new RpcMetrics(deps.registry), times: times(config) },
    operationServices: operationServicesOf(config),
  };
  const health = new HealthImplementation({ '': 'SERVING' });
  for (const [service, of] of Map.groupBy(served, (m) => m.service)) {
    for (const name of [service, ...(FORMER_NAMES[service] ?? [])])
      server.addService(...bytesService(of, proxy, name));
    health.setStatus(service, 'SERVING');
  }
  health.addToServer(server);
  const services = [...new Set(served.map((m) => m.service))];
  addReflection(server, services, publicImage(readFileSync(imagePath), served));
  answerUnknownMethods(server, unknownMethod(deps.fairUse));
  const port = await bind(server, config);
  deps.log.info({ port, tls: config.THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH !== undefined }, 'gRPC listens');
  return {
    port,
    close: async () => {
      health.setStatus('', 'NOT_SERVING');
      const cutOff = setTimeout(() => server.forceShutdown(), drainMs);
      const finished = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
      await Promise.all([open.close(), finished]);
      clearTimeout(cutOff);
    },
  };
}

/** Of services that clients of the release before call by another name. */
const FORMER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'thecloud.common.v1.OperationService': ['thecloud.compute.v1.OperationService'],
};

/** One service, its messages passed as bytes. */
function bytesService(
  of: readonly MethodEntry[],
  deps: ProxyDeps,
  name: string,
): [ServiceDefinition, UntypedServiceImplementation] {
  const definition = (path: string) => ({
    path,
    requestStream: true,
    responseStream: true,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  });
  return [
    Object.fromEntries(of.map((m) => [m.rpc, definition(`/${name}/${m.rpc}`)])),
    Object.fromEntries(of.map((m) => [m.rpc, proxyTo(m, serviceOf(m), deps)])) as never,
  ];
}

/** In the form grpc-js keeps its handlers in. */
const unknownMethod = (fairUse: FairUse) => (path: string) => ({
  type: 'bidi',
  path,
  serialize: asIs,
  deserialize: asIs,
  func: (call: PublicCall) => void refuseUnknown(fairUse, call, path),
});

function times(config: HttpConfig): ProxyDeps['times'] {
  return {
    callMs: config.THECLOUD_GATEWAY_CALL_SECONDS * 1000,
    waitMs: config.THECLOUD_GATEWAY_WAIT_SECONDS * 1000,
    uploadMs: config.THECLOUD_GATEWAY_UPLOAD_SECONDS * 1000,
    streamMs: config.THECLOUD_GATEWAY_STREAM_SECONDS * 1000,
    checkMs: config.THECLOUD_GATEWAY_STREAM_CHECK_SECONDS * 1000,
  };
}

function bind(server: Server, config: HttpConfig): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(config.THECLOUD_GATEWAY_GRPC_ADDRESS, credentialsOf(config), (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}

/** Plain text unless both files are named; one alone is a mistake that must not go unnoticed. */
function credentialsOf(config: HttpConfig): ServerCredentials {
  const certificate = config.THECLOUD_GATEWAY_GRPC_TLS_CERTIFICATE_PATH;
  const key = config.THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH;
  if (certificate === undefined && key === undefined) return ServerCredentials.createInsecure();
  if (certificate === undefined || key === undefined) {
    throw new Error(
      'gRPC with TLS needs both THECLOUD_GATEWAY_GRPC_TLS_CERTIFICATE_PATH and THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH.',
    );
  }
  return ServerCredentials.createSsl(null, [
    { cert_chain: readFileSync(certificate), private_key: readFileSync(key) },
  ]);
}
