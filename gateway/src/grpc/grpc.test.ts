import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  sendUnaryData,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  ServiceError,
} from '@grpc/grpc-js';
import { commonV1, computeV1, googleRpc, identityV1, methods } from '@thecloud/api';
import { CloudError, commonErrors, invalidFields } from '@thecloud/kernel';
import { toServiceError } from '@thecloud/service-kit';
import { eventually, stockClient, testPeer, testPostgres } from '@thecloud/testkit';
import type { StockClient } from '@thecloud/testkit';
import pino from 'pino';
import { Registry } from 'prom-client';
import { authenticateWith } from '../authenticate';
import { fairUseWith } from '../fair-use/fair-use';
import { httpConfig } from '../config';
import { startGrpcApi } from './grpc-api';
import type { GrpcApi } from './grpc-api';

jest.setTimeout(60_000);
const key = 'cloud_0123456789abcdef';
const passing = 'cloud_revoked_meanwhile';
const valid = new Set([key, passing]);
const instances = 'thecloud.compute.v1.InstanceService';
const logged: Array<Record<string, unknown>> = [];
const registry = new Registry();
const cancelled: string[] = [];
const seen = { metadata: new Metadata(), deadline: 0 };

const instance = (id: string, state = 'running') =>
  computeV1.Instance.fromPartial({
    metadata: commonV1.ResourceMetadata.fromPartial({ id }),
    status: { state },
  });
const full = new CloudError('RESOURCE_EXHAUSTED', 'compute.thecloud', 'NO_CAPACITY', 'Full.', { hosts: '3' }, {
  retryAfterSeconds: 7,
}); // prettier-ignore

type Unary<Q, R> = (call: ServerUnaryCall<Q, R>, callback: sendUnaryData<R>) => void;
const exchange: Unary<identityV1.ExchangeCredentialRequest, identityV1.ExchangeCredentialResponse> = (
  call,
  done,
) =>
  valid.has(call.request.credential)
    ? done(null, {
        token: `token-of-${call.request.credential}`,
        subject: 'key_1',
        projectId: call.request.projectId || 'prj_1',
        permissions: [],
      })
    : done(toServiceError(commonErrors.UNAUTHENTICATED({})));
const getInstance: Unary<computeV1.GetInstanceRequest, computeV1.Instance> = (call, done) => {
  seen.metadata = call.metadata;
  seen.deadline = Number(call.getDeadline()) - Date.now();
  const { id } = call.request;
  call.on('cancelled', () => cancelled.push(id));
  if (id === 'ins_full') return done(toServiceError(full));
  if (id === 'ins_bad') return done(toServiceError(invalidFields([{ field: 'id', description: 'is bad' }])));
  if (id === 'ins_crash') return done(new Error('secret stack at postgres://user:pw@db'));
  if (id !== 'ins_slow') done(null, instance(id));
};
const watchInstance = (
  call: ServerWritableStream<computeV1.WatchInstanceRequest, computeV1.Instance>,
): void => {
  const { id } = call.request;
  call.on('cancelled', () => cancelled.push(id));
  call.on('error', () => {});
  call.write(instance(id, 'starting'));
  if (id === 'ins_quiet') return;
  call.write(instance(id, 'x'.repeat(100_000)));
  if (id === 'ins_full') call.emit('error', toServiceError(full));
  else call.end();
};
const execInstance = (
  call: ServerDuplexStream<computeV1.ExecInstanceRequest, computeV1.ExecInstanceResponse>,
): void => {
  const say = (output: computeV1.ExecInstanceResponse['output']) => call.write({ output });
  call.on('data', ({ id, input }: computeV1.ExecInstanceRequest) => {
    if (input?.$case === 'stdin') say({ $case: 'stdout', value: input.value });
    else say({ $case: 'stderr', value: Buffer.from(id) });
  });
  call.on('end', () => {
    say({ $case: 'exitCode', value: 3 });
    call.end();
  });
};
const uploadImage = async (
  call: ServerReadableStream<computeV1.UploadImageRequest, computeV1.Image>,
  done: sendUnaryData<computeV1.Image>,
): Promise<void> => {
  let size = 0;
  for await (const { chunk } of call as AsyncIterable<computeV1.UploadImageRequest>) size += chunk.length;
  done(null, computeV1.Image.fromPartial({ status: { sizeBytes: BigInt(size) } }));
};

const backend = new Server();
let client: Client;
let api: GrpcApi;
let caller: StockClient;

beforeAll(async () => {
  const { getInstance: get, watchInstance: watch, execInstance: exec } = computeV1.InstanceServiceService;
  backend.addService(
    {
      exchange: identityV1.TokenServiceService.exchangeCredential,
      get,
      watch,
      exec,
      upload: computeV1.ImageServiceService.uploadImage,
      create: identityV1.SessionServiceService.createSession,
    },
    {
      exchange,
      get: getInstance,
      watch: watchInstance,
      exec: execInstance,
      upload: (call: Parameters<typeof uploadImage>[0], done: Parameters<typeof uploadImage>[1]) =>
        void uploadImage(call, done),
      create: (_call: unknown, done: sendUnaryData<unknown>) => done(null, { token: 'cloudsess_x' }),
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    backend.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (e, p) =>
      e ? reject(e) : resolve(p),
    );
  });
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  api = await startApi();
  caller = await stockClient(`127.0.0.1:${api.port}`);
});
afterAll(async () => {
  caller.close();
  await api.close();
  client.close();
  backend.forceShutdown();
});

function startApi(settings: Record<string, unknown> = {}): Promise<GrpcApi> {
  const config = httpConfig.parse({
    THECLOUD_GATEWAY_GRPC_ADDRESS: '127.0.0.1:0',
    THECLOUD_GATEWAY_CREDENTIAL_SECONDS: 0,
    THECLOUD_GATEWAY_RATE_ADDRESS: 10_000,
    THECLOUD_GATEWAY_RATE_KEY: 10_000,
    THECLOUD_GATEWAY_RATE_PROJECT: 10_000,
    THECLOUD_GATEWAY_MAX_REQUESTS_AT_ONCE_OF_ADDRESS: 1_000,
    THECLOUD_GATEWAY_CALL_SECONDS: 10,
    THECLOUD_GATEWAY_STREAM_CHECK_SECONDS: 0.05,
    ...settings,
  });
  const log = pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) });
  const channelFor = () => client;
  return startGrpcApi(config, {
    channelFor,
    authenticate: authenticateWith(config, channelFor),
    fairUse: fairUseWith(config),
    log,
    registry,
  });
}

function as(credential: string, more: Record<string, string> = {}): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ 'x-api-key': credential, ...more })) metadata.set(name, value);
  return metadata;
}
const get = (id: string, metadata = as(key)) => caller.unary(instances, 'GetInstance', { id }, metadata);

/** All messages of a stream, and the error it ended with, if it did. */
async function all(stream: AsyncIterable<unknown>) {
  const messages: Array<Record<string, unknown>> = [];
  try {
    for await (const message of stream) messages.push(message as Record<string, unknown>);
  } catch (error) {
    return { messages, error: error as ServiceError };
  }
  return { messages, error: undefined };
}

/** The details of an error, as any client finds them: google.rpc.Status. */
function detailsOf(error: ServiceError) {
  const [raw] = error.metadata.get('grpc-status-details-bin');
  const { details } = googleRpc.Status.decode(raw as Buffer);
  const find = (name: string) => details.find((d) => d.typeUrl.endsWith(`google.rpc.${name}`))?.value;
  return {
    info: find('ErrorInfo') && googleRpc.ErrorInfo.decode(find('ErrorInfo')!),
    bad: find('BadRequest') && googleRpc.BadRequest.decode(find('BadRequest')!),
    retry: find('RetryInfo') && googleRpc.RetryInfo.decode(find('RetryInfo')!),
  };
}
const failed = (promise: Promise<unknown>) => promise.then(() => fail('it succeeded'), (e: ServiceError) => e); // prettier-ignore
function fail(why: string): never {
  throw new Error(why);
}

describe('reflection', () => {
  it.each(['v1', 'v1alpha'] as const)('%s lists every public service and no other', async (version) => {
    const stock = await stockClient(`127.0.0.1:${api.port}`, version);
    const open = new Set(methods.filter((m) => m.auth.peers.length === 0).map((m) => m.service));
    expect(stock.services.filter((s) => s.startsWith('thecloud.')).sort()).toEqual([...open].sort());
    expect(stock.services).not.toContain('thecloud.agent.v1.AgentService');
    expect(stock.services).not.toContain('thecloud.identity.v1.TokenService');
    stock.close();
  });
});

describe('a call', () => {
  it('of each kind gets what the service says', async () => {
    expect(await get('ins_1')).toMatchObject({ metadata: { id: 'ins_1' }, status: { state: 'running' } });
    const watched = await all(caller.open(instances, 'WatchInstance', { id: 'ins_1' }, as(key)));
    expect(watched.error).toBeUndefined();
    expect(watched.messages.map((m) => (m.status as { state: string }).state.length)).toEqual([8, 100_000]);
  });

  it('that streams both ways is passed on both ways as it comes', async () => {
    const talk = caller.talk(instances, 'ExecInstance', as(key));
    const heard: Array<Record<string, unknown>> = [];
    talk.on('data', (message: Record<string, unknown>) => heard.push(message));
    const ended = new Promise((resolve, reject) => talk.on('end', resolve).on('error', reject));
    talk.write({ id: 'ins_1', start: { command: ['cat'] } });
    await eventually('an answer', () => heard.length === 1); // answered before the requests have ended
    talk.write({ stdin: Buffer.from('hello') });
    await eventually('the other answer', () => heard.length === 2);
    talk.end();
    await ended;
    expect(heard).toEqual([
      { stderr: Buffer.from('ins_1') },
      { stdout: Buffer.from('hello') },
      { exit_code: 3 },
    ]);
  });

  it('that streams its requests is passed on whole', async () => {
    const proto = computeV1.ImageServiceService.uploadImage;
    const direct = new Client(`127.0.0.1:${api.port}`, credentials.createInsecure());
    const image = await new Promise<computeV1.Image>((resolve, reject) => {
      const upload = direct.makeClientStreamRequest(
        proto.path, proto.requestSerialize, proto.responseDeserialize, as(key), {},
        (e: ServiceError | null, m?: computeV1.Image) => (e ? reject(e) : resolve(m!)),
      ); // prettier-ignore
      for (let i = 0; i < 100; i++)
        upload.write(computeV1.UploadImageRequest.fromPartial({ chunk: Buffer.alloc(64 * 1024) }));
      upload.end();
    });
    direct.close();
    expect(image.status?.sizeBytes).toBe(BigInt(100 * 64 * 1024));
  });

  it('tells the service who calls, for whom, from where, under which ids, and nothing else', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await get(
      'ins_1',
      as(key, {
        'x-request-id': 'my-id.1',
        'x-project-id': 'prj_2',
        'idempotency-key': 'k:1',
        traceparent,
        'x-forwarded-for': '6.6.6.6',
        other: 'x',
      }),
    );
    const { 'user-agent': _, ...told } = seen.metadata.getMap();
    expect(told).toEqual({
      authorization: `Bearer token-of-${key}`,
      'x-request-id': 'my-id.1',
      'idempotency-key': 'k:1',
      traceparent,
      'x-forwarded-for': '127.0.0.1',
    });
    await eventually('the line of each', () =>
      logged.some(
        (l) => l.request_id === 'my-id.1' && l.project === 'prj_2' && l.route === `/${instances}/GetInstance`,
      ),
    );
    expect(await registry.metrics()).toMatch(
      /thecloud_rpc_seconds_count\{.*GetInstance",code="OK".*\} [1-9]/,
    );
  });

  it('takes a bearer token, and none where none is needed', async () => {
    const bearer = new Metadata();
    bearer.set('authorization', `Bearer ${key}`);
    expect(await get('ins_1', bearer)).toMatchObject({ metadata: { id: 'ins_1' } });
    const session = { email: 'a@b.c', password: 'x' };
    const sessions = 'thecloud.identity.v1.SessionService';
    expect(await caller.unary(sessions, 'CreateSession', session)).toMatchObject({ token: 'cloudsess_x' });
  });

  it("has the caller's deadline, and one of ours where the caller has none", async () => {
    await get('ins_1');
    expect(seen.deadline).toBeLessThanOrEqual(10_000); // the caller said 20 s
    const error = await new Promise<ServiceError>((resolve) => {
      const direct = new Client(`127.0.0.1:${api.port}`, credentials.createInsecure());
      const proto = computeV1.InstanceServiceService.getInstance;
      direct.makeUnaryRequest(
        proto.path, proto.requestSerialize, proto.responseDeserialize, { id: 'ins_slow' }, as(key),
        { deadline: Date.now() + 300 },
        (e) => {
          direct.close();
          resolve(e!);
        },
      ); // prettier-ignore
    });
    expect(error.code).toBe(status.DEADLINE_EXCEEDED);
    await eventually('the cancel', () => cancelled.includes('ins_slow'));
  });
});

describe('a refusal', () => {
  it('has all the details that the service gave it', async () => {
    const error = await failed(get('ins_full'));
    expect(error).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: 'Full.' });
    const { info, retry } = detailsOf(error);
    expect(info).toMatchObject({
      reason: 'NO_CAPACITY',
      domain: 'compute.thecloud',
      metadata: { hosts: '3' },
    });
    expect(retry?.retryDelay?.seconds).toBe(7n);
    const { bad } = detailsOf(await failed(get('ins_bad')));
    expect(bad?.fieldViolations).toMatchObject([{ field: 'id', description: 'is bad' }]);
  });

  it('in the middle of a stream follows what came before', async () => {
    const { messages, error } = await all(
      caller.open(instances, 'WatchInstance', { id: 'ins_full' }, as(key)),
    );
    expect(messages).toHaveLength(2);
    expect(detailsOf(error!).info).toMatchObject({ reason: 'NO_CAPACITY' });
  });

  it.each<[string, string, Metadata, string]>([
    ['no credential', 'ins_1', new Metadata(), 'UNAUTHENTICATED'],
    ['an unknown one', 'ins_1', as('cloud_unknown_0000'), 'UNAUTHENTICATED'],
    ['a project that is none', 'ins_1', as(key, { 'x-project-id': 'a b' }), 'INVALID_FIELDS'],
    ['a bad idempotency key', 'ins_1', as(key, { 'idempotency-key': 'a b' }), 'IDEMPOTENCY_KEY_INVALID'],
    ['a bug of ours', 'ins_crash', as(key), 'INTERNAL'],
  ])('of %s says so', async (_what, id, metadata, reason) => {
    const error = await failed(get(id, metadata));
    expect(detailsOf(error).info).toMatchObject({ reason });
    expect(error.details).not.toContain('secret');
  });

  it('of a stream without a credential comes before anything of it', async () => {
    const { messages, error } = await all(caller.open(instances, 'WatchInstance', { id: 'ins_1' }));
    expect(messages).toEqual([]);
    expect(error?.code).toBe(status.UNAUTHENTICATED);
  });

  it.each(['/thecloud.compute.v1.InstanceService/Nope', '/thecloud.agent.v1.AgentService/Apply', '/x'])(
    'of %s says how to find what there is',
    async (path) => {
      const direct = new Client(`127.0.0.1:${api.port}`, credentials.createInsecure());
      const asIs = (b: Buffer) => b;
      const error = await failed(
        new Promise((resolve, reject) => {
          direct.makeUnaryRequest(path, asIs, asIs, Buffer.alloc(0), as(key), {}, (e, m) =>
            e ? reject(e) : resolve(m),
          );
        }),
      );
      direct.close();
      expect(error.code).toBe(status.UNIMPLEMENTED);
      expect(error.details).toContain('reflection');
      expect(detailsOf(error).info).toMatchObject({ reason: 'UNKNOWN_METHOD' });
    },
  );

  it('of a message that is too large', async () => {
    const small = await startApi({ THECLOUD_GATEWAY_MAX_MESSAGE_BYTES: 1_000 });
    const stock = await stockClient(`127.0.0.1:${small.port}`);
    const call = stock.unary(instances, 'GetInstance', { id: 'x'.repeat(2_000) }, as(key));
    expect((await failed(call)).code).toBe(status.RESOURCE_EXHAUSTED);
    stock.close();
    await small.close();
  });
});

describe('a stream', () => {
  it('is cancelled at the service when its caller goes', async () => {
    const stream = caller.open(instances, 'WatchInstance', { id: 'ins_quiet' }, as(key));
    stream.on('error', () => {});
    await new Promise((resolve) => stream.once('data', resolve));
    cancelled.length = 0;
    stream.cancel();
    await eventually('the cancel', () => cancelled.includes('ins_quiet'));
  });

  it('ends when its credential no longer counts', async () => {
    const stream = caller.open(instances, 'WatchInstance', { id: 'ins_quiet' }, as(passing));
    stream.once('data', () => valid.delete(passing));
    expect((await all(stream)).error?.code).toBe(status.UNAUTHENTICATED);
  });

  it('asks to call again when the gateway stops', async () => {
    const leaving = await startApi();
    const stock = await stockClient(`127.0.0.1:${leaving.port}`);
    const stream = stock.open(instances, 'WatchInstance', { id: 'ins_quiet' }, as(key));
    let stopped: Promise<void> | undefined;
    stream.once('data', () => (stopped = leaving.close()));
    const { error } = await all(stream);
    expect(detailsOf(error!).info).toMatchObject({ reason: 'GATEWAY_STOPPING' });
    await stopped;
    stock.close();
  });
});

it('is encrypted when a certificate is configured, and takes no half of one', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'grpc-tls-'));
  const { secretsDir, caFile } = await testPostgres();
  const { certFile, keyFile } = await testPeer({ secretsDir, dir }, 'gateway');
  const settings = {
    THECLOUD_GATEWAY_GRPC_TLS_CERTIFICATE_PATH: certFile,
    THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH: keyFile,
  };
  const safe = await startApi(settings);
  const trusting = credentials.createSsl(readFileSync(caFile), null, null, {
    checkServerIdentity: () => undefined,
  });
  const stock = await stockClient(`127.0.0.1:${safe.port}`, 'v1', trusting);
  expect(await stock.unary(instances, 'GetInstance', { id: 'ins_1' }, as(key))).toBeTruthy();
  stock.close();
  await safe.close();
  const half = { THECLOUD_GATEWAY_GRPC_TLS_KEY_PATH: keyFile };
  await expect(startApi(half)).rejects.toThrow('needs both');
  rmSync(dir, { recursive: true });
});
