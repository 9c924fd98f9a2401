import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { methods } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import type { Logger } from '@thecloud/service-kit';
import type { Registry } from 'prom-client';
import { createListener } from './app';
import type { Authenticate } from './authenticate';
import type { HttpConfig } from './config';
import { unaryCall } from './backend-call';
import { answerBrokenRequests } from './broken-requests';
import { answerExpectations } from './expect-continue';
import type { CallService } from './lane/lanes';
import type { FairUse } from './fair-use/fair-use';
import { createReadiness } from './health';
import { createHttpMetrics, createStreamMetrics } from './metrics';
import { openApiDocument } from './openapi/document';
import { ALL_SERVICES, callAll, operationServicesOf } from './operations/all-services';
import { Router } from './router';
import { compileRoutes } from './routes';
import { OpenStreams } from './stream/open-streams';
import { answerUpgrades, wantsWebSocket, webSocketServer } from './stream/upgrade';
import type { StreamClients } from './stream/stream-client';

export interface HttpApiDeps extends StreamClients {
  /** A faster way for unary calls; absent: the plain one, by `channelFor`. */
  readonly call?: CallService;
  readonly authenticate: Authenticate;
  readonly fairUse: FairUse;
  /** False: its own has not been renewed for long. Absent: it has none. */
  readonly certificateIsGood?: () => boolean;
  readonly log: Logger;
  /** Where the HTTP metrics go. */
  readonly registry: Registry;
  /** What is served: the whole API, unless a test says otherwise. */
  readonly methods?: readonly MethodEntry[];
}

export interface HttpApi {
  readonly url: string;
  readonly port: number;
  /** Backends that do not answer, by name; what /health/ready says. */
  missing(): Promise<string[]>;
  /** Stops accepting, lets what is under way finish for up to 10 s, then cuts it off. */
  close(): Promise<void>;
}

const closeMs = 10_000;
const maxHeaderBytes = 16 * 1024;

/** Starts the public HTTP API. Rejects if the address is taken. */
export async function startHttpApi(config: HttpConfig, deps: HttpApiDeps): Promise<HttpApi> {
  const routes = compileRoutes(deps.methods ?? methods);
  const operationServices = operationServicesOf(config, deps.methods);
  const backends = new Set(['identity', ...routes.map((r) => r.backend), ...operationServices]);
  const readiness = createReadiness(
    [...backends].filter((name) => name !== ALL_SERVICES),
    deps.channelFor,
    deps.certificateIsGood,
  );
  let accepting = true;
  const open = new OpenStreams();
  const app = createListener({
    log: deps.log,
    metrics: createHttpMetrics(deps.registry),
    router: new Router(routes),
    openApi: openApiDocument(routes),
    channelFor: deps.channelFor,
    call: callAll(
      operationServices,
      deps.call ?? ((service, path, message, o) => unaryCall(deps.channelFor(service), path, message, o)),
    ),
    authenticate: deps.authenticate,
    fairUse: deps.fairUse,
    ...limits(config),
    streams: {
      channelFor: deps.channelFor,
      ...(deps.ownConnection ? { ownConnection: deps.ownConnection } : {}),
      operationServices,
      webSockets: webSocketServer(config.THECLOUD_GATEWAY_MAX_BODY_BYTES),
      open,
      metrics: createStreamMetrics(deps.registry),
      times: streamTimes(config),
    },
    readiness,
    accepting: () => accepting,
  });
  const server = boundedServer(config, createServer(serverOptions(config), app));
  answerUpgrades(server, app);
  answerExpectations(server, app);
  answerBrokenRequests(server, deps.log, maxHeaderBytes);
  const port = await listen(server, config.THECLOUD_GATEWAY_HTTP_ADDRESS);
  const host = config.THECLOUD_GATEWAY_HTTP_ADDRESS.replace(/:\d+$/, '');
  deps.log.info({ address: `${host}:${port}` }, 'gateway listens');
  return {
    url: `http://${host}:${port}`,
    port,
    missing: async () => [...(await readiness()).missing],
    close: () => {
      accepting = false;
      return Promise.all([closeGracefully(server), open.close()]).then(() => {});
    },
  };
}

function limits(config: HttpConfig) {
  return {
    body: {
      maxBytes: config.THECLOUD_GATEWAY_MAX_BODY_BYTES,
      timeoutMs: config.THECLOUD_GATEWAY_BODY_SECONDS * 1000,
    },
    upload: {
      maxBytes: config.THECLOUD_GATEWAY_MAX_UPLOAD_BYTES,
      idleMs: config.THECLOUD_GATEWAY_UPLOAD_IDLE_SECONDS * 1000,
    },
    timeouts: {
      callMs: config.THECLOUD_GATEWAY_CALL_SECONDS * 1000,
      waitMs: config.THECLOUD_GATEWAY_WAIT_SECONDS * 1000,
      uploadMs: config.THECLOUD_GATEWAY_UPLOAD_SECONDS * 1000,
    },
  };
}

function streamTimes(config: HttpConfig) {
  return {
    acceptMs: config.THECLOUD_GATEWAY_CALL_SECONDS * 1000,
    lifeMs: config.THECLOUD_GATEWAY_STREAM_SECONDS * 1000,
    pingMs: config.THECLOUD_GATEWAY_STREAM_PING_SECONDS * 1000,
    checkMs: config.THECLOUD_GATEWAY_STREAM_CHECK_SECONDS * 1000,
  };
}

/** Bodies have their own, shorter times; the server's bound only what none of those covers. */
function serverOptions(config: HttpConfig) {
  return {
    shouldUpgradeCallback: wantsWebSocket,
    headersTimeout: 10_000,
    requestTimeout: (config.THECLOUD_GATEWAY_UPLOAD_SECONDS + 60) * 1000,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: 5_000,
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false, // headProblem says so in our words
  };
}

function boundedServer(config: HttpConfig, server: Server): Server {
  server.maxConnections = config.THECLOUD_GATEWAY_MAX_CONNECTIONS;
  return server;
}

function listen(server: Server, address: string): Promise<number> {
  const [, host, port] = /^(.+):(\d+)$/.exec(address)!;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port), host!.replace(/^\[|\]$/g, ''), () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
}

function closeGracefully(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), closeMs);
    // A kept-alive connection becomes idle only when its last answer is out.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(sweep);
      resolve();
    });
  });
}
