import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, ServiceError } from '@grpc/grpc-js';
import { computeV1, googleRpc, identityV1 } from '@thecloud/api';
import pino from 'pino';
import { Registry } from 'prom-client';
import { authenticateWith } from '../authenticate';
import { asIs } from '../backend-call';
import { httpConfig } from '../config';
import type { HttpConfig } from '../config';
import { startGrpcApi } from '../grpc/grpc-api';
import type { GrpcApi } from '../grpc/grpc-api';
import { startHttpApi } from '../http-api';
import type { HttpApi } from '../http-api';
import { fairUseWith } from './fair-use';

jest.setTimeout(60_000);
const backend = new Server();
let client: Client;
let http: HttpApi;
let grpc: GrpcApi;
let exchanges = 0;

beforeAll(async () => {
  const { exchangeCredential } = identityV1.TokenServiceService;
  const { getInstance } = computeV1.InstanceServiceService;
  backend.addService(
    { exchangeCredential, getInstance },
    {
      exchangeCredential: (
        { request }: ServerUnaryCall<identityV1.ExchangeCredentialRequest, unknown>,
        done: sendUnaryData<identityV1.ExchangeCredentialResponse>,
      ) => {
        exchanges++;
        const projectId = `prj_${request.credential}`;
        done(null, { token: 't', subject: 'key_1', projectId, permissions: [] });
      },
      getInstance: (_call: unknown, done: sendUnaryData<computeV1.Instance>) =>
        done(null, computeV1.Instance.fromPartial({ metadata: { id: 'ins_1' } })),
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    backend.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (e, p) =>
      e ? reject(e) : resolve(p),
    );
  });
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const config = configOf({
    THECLOUD_GATEWAY_RATE_KEY: onceAMinute,
    THECLOUD_GATEWAY_RATE_ADDRESS: 500,
    THECLOUD_GATEWAY_RATE_PROJECT: 10_000,
  });
  const deps = depsOf(config);
  http = await startHttpApi(config, { ...deps, registry: new Registry() });
  grpc = await startGrpcApi(config, { ...deps, registry: new Registry() });
});
afterAll(async () => {
  await http.close();
  await grpc.close();
  client.close();
  backend.forceShutdown();
});

/** One request, and no other for a minute and more. */
const onceAMinute = 0.01;
const configOf = (rates: Record<string, number>) =>
  httpConfig.parse({
    THECLOUD_GATEWAY_HTTP_ADDRESS: '127.0.0.1:0',
    THECLOUD_GATEWAY_GRPC_ADDRESS: '127.0.0.1:0',
    THECLOUD_GATEWAY_CREDENTIAL_SECONDS: 0,
    ...rates,
  });
const depsOf = (config: HttpConfig) => {
  const channelFor = () => client;
  const authenticate = authenticateWith(config, channelFor);
  return { channelFor, authenticate, fairUse: fairUseWith(config), log: pino({ level: 'silent' }) };
};

const get = (key: string, init: RequestInit = {}) =>
  fetch(`${http.url}/v1/instances/ins_1`, { headers: { 'x-api-key': key }, ...init });

/** Its first request is the address's affair, its second the one that its own limit allows. */
async function usedUp(key: string): Promise<void> {
  for (let i = 0; i < 2; i++) expect((await get(key)).status).toBe(200);
}

it('HTTP answers say what is left, and a refusal when to come again', async () => {
  const first = await get('cloud_http');
  expect(first.headers.get('ratelimit-limit')).toBe('250'); // of the address
  await get('cloud_http');
  const before = exchanges;
  const refused = await get('cloud_http');
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ reason: 'RATE_LIMITED', code: 'RESOURCE_EXHAUSTED' });
  expect(refused.headers.get('ratelimit-remaining')).toBe('0');
  expect(Number(refused.headers.get('ratelimit-reset'))).toBeGreaterThan(60);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
  expect(exchanges).toBe(before); // refused before anybody was asked
  expect((await get('cloud_other')).status).toBe(200);
});

it.each(['/v1/nope', '/nope'])('a path that there is not counts as any other: %s', async (path) => {
  const key = `cloud_${path.length}`;
  await usedUp(key);
  expect((await fetch(http.url + path)).status).toBe(404);
  const refused = await fetch(http.url + path, { headers: { 'x-api-key': key } });
  expect([refused.status, await refused.json()]).toEqual([
    429,
    expect.objectContaining({ reason: 'RATE_LIMITED' }),
  ]);
});

it('so does a verb that a path does not take', async () => {
  await usedUp('cloud_verb');
  const refused = await get('cloud_verb', { method: 'PUT', headers: { 'x-api-key': 'cloud_verb' } });
  expect(refused.status).toBe(429);
});

it('a stream is refused before it opens', async () => {
  await usedUp('cloud_stream');
  const refused = await fetch(`${http.url}/v1/instances/ins_1:watch`, {
    headers: { 'x-api-key': 'cloud_stream' },
  });
  expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/problem+json']);
});

it('gRPC counts methods that there are not', async () => {
  await usedUp('cloud_method');
  const caller = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure());
  const call = (key: string) => {
    const metadata = new Metadata();
    metadata.set('x-api-key', key);
    return new Promise<status | undefined>((resolve) => {
      caller.makeUnaryRequest('/no.Such/Method', asIs, asIs, Buffer.alloc(0), metadata, {}, (e) =>
        resolve(e?.code),
      );
    });
  };
  expect(await call('cloud_nobody')).toBe(status.UNIMPLEMENTED);
  expect(await call('cloud_method')).toBe(status.RESOURCE_EXHAUSTED);
  caller.close();
});

it('gRPC refuses the same key for what it did over HTTP, with RetryInfo', async () => {
  await usedUp('cloud_grpc');
  const { path, requestSerialize, responseDeserialize } = computeV1.InstanceServiceService.getInstance;
  const caller = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('x-api-key', 'cloud_grpc');
  const error = await new Promise<ServiceError | null>((resolve) => {
    caller.makeUnaryRequest(path, requestSerialize, responseDeserialize, { id: 'ins_1' }, metadata, {}, (e) =>
      resolve(e),
    );
  });
  caller.close();
  expect(error?.code).toBe(status.RESOURCE_EXHAUSTED);
  const [raw] = error?.metadata.get('grpc-status-details-bin') ?? [];
  const details = googleRpc.Status.decode(raw as Buffer).details;
  const retry = details.find((d) => d.typeUrl.endsWith('google.rpc.RetryInfo'));
  expect(Number(googleRpc.RetryInfo.decode(retry!.value).retryDelay?.seconds)).toBeGreaterThan(60);
});

it('pages count by address, whatever credential is shown, and health by itself', async () => {
  const config = configOf({
    THECLOUD_GATEWAY_RATE_ADDRESS: onceAMinute,
    THECLOUD_GATEWAY_RATE_HEALTH: onceAMinute,
  });
  const strict = await startHttpApi(config, { ...depsOf(config), registry: new Registry() });
  const ask = (path: string) => fetch(strict.url + path, { headers: { 'x-api-key': 'cloud_page' } });
  try {
    const read = await ask('/openapi.json');
    expect([read.status, read.headers.get('ratelimit-remaining')]).toEqual([200, '0']);
    for (const path of ['/openapi.json', '/docs', '/docs/app.js', '/docs/style.css']) {
      const refused = await ask(path);
      expect([refused.status, refused.headers.get('content-type')]).toEqual([
        429,
        'application/problem+json',
      ]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
      expect(await refused.json()).toMatchObject({ reason: 'RATE_LIMITED' });
    }
    expect((await ask('/health/live')).status).toBe(200);
    for (const path of ['/health/live', '/health/ready']) expect((await ask(path)).status).toBe(429);
  } finally {
    await strict.close();
  }
});
