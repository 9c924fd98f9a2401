import { Metadata, status } from '@grpc/grpc-js';
import type { Client, ServiceError } from '@grpc/grpc-js';
import { loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath as healthProto } from 'grpc-health-check';
import { computeV1 } from '@thecloud/api';
import { invalidFields } from '@thecloud/kernel';
import type { CloudError } from '@thecloud/kernel';
import {
  bitFlips,
  bufCurl,
  readEach,
  truncations,
  testPeer,
  testPostgres,
  testToken,
} from '@thecloud/testkit';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from '../certificates/certificate-files';
import { serverName } from '../certificates/peer';
import type { RequestContext } from '../context';
import { createLogger } from '../log';
import { createMetrics, RpcMetrics } from '../telemetry/metrics';
import { channelOptions, createClient } from './client';
import type { UnaryClient } from './client';
import { implement } from './implement';
import { startRpcServer } from './server';
import type { RpcServer } from './server';
import { TokenVerifier } from './tokens';

jest.setTimeout(60_000);
let server: RpcServer;
let client: UnaryClient<computeV1.SshKeyServiceClient>;
let gateway: CertificateFiles;
let secretsDir: string;
const dir = mkdtempSync(join(tmpdir(), 'rpc-'));
const seen: RequestContext[] = [];
const registry = createMetrics('test');
let answer: (ctx: RequestContext) => Promise<computeV1.SshKey>;
let speak = () => {};
const silence = new Promise<void>((resolve) => (speak = resolve));
const key = computeV1.SshKey.fromPartial({ fingerprint: 'SHA256:x' });

beforeAll(async () => {
  ({ secretsDir } = await testPostgres());
  const own = await testPeer({ secretsDir, dir }, 'compute');
  gateway = await testPeer({ secretsDir, dir }, 'gateway');
  const jwk = JSON.parse(readFileSync(join(secretsDir, 'token-key.json'), 'utf8')) as Record<string, unknown>;
  const { d: _, ...publicKey } = jwk;
  const handle = (ctx: RequestContext) => {
    seen.push(ctx);
    return answer(ctx);
  };
  server = await startRpcServer({
    address: '127.0.0.1:0',
    credentials: own.serverCredentials(),
    services: [
      implement<computeV1.SshKeyServiceServer>(computeV1.SshKeyServiceService, {
        importSshKey: handle,
        getSshKey: handle,
        renameSshKey: handle,
        deleteSshKey: handle,
        listSshKeys: () => Promise.resolve({ sshKeys: [], nextPageToken: '' }),
      }),
      implement<Pick<computeV1.InstanceServiceServer, 'watchInstance' | 'execInstance'>>(
        {
          watchInstance: computeV1.InstanceServiceService.watchInstance,
          execInstance: computeV1.InstanceServiceService.execInstance,
        },
        {
          execInstance: async function* (ctx, requests) {
            for await (const { id } of requests) {
              if (id === 'unknown') throw invalidFields([]);
              ctx.accept();
              yield computeV1.ExecInstanceResponse.fromPartial({ output: { $case: 'exitCode', value: 3 } });
              return;
            }
          },
          watchInstance: async function* (ctx, { id }) {
            if (id === 'unknown') throw invalidFields([]);
            ctx.accept();
            await silence;
            ctx.accept(); // changes nothing
            yield computeV1.Instance.fromPartial({ metadata: { id } });
          },
        },
      ),
    ],
    tokens: new TokenVerifier(() => Promise.resolve(JSON.stringify({ keys: [publicKey] }))),
    log: createLogger({ service: 'test', level: 'silent' }),
    metrics: new RpcMetrics(registry),
  });
  client = createClient(computeV1.SshKeyServiceClient, {
    target: `127.0.0.1:${server.port}`,
    credentials: gateway.channelCredentials(),
    serverKind: 'compute',
  });
});
afterAll(async () => {
  client.close();
  await server.drain();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
  seen.length = 0;
  answer = () => Promise.resolve(key);
});

const claims = { sub: 'key_1', kind: 'api_key' as const, prj: 'prj_1', perms: ['ssh-key:*'] };
async function as(change: Partial<typeof claims> = {}, more: Record<string, string> = {}, seconds = 60) {
  const metadata = new Metadata();
  metadata.set(
    'authorization',
    `Bearer ${await testToken({ secretsDir }, { ...claims, ...change }, seconds)}`,
  );
  for (const [name, value] of Object.entries(more)) metadata.set(name, value);
  return { timeoutMs: 5_000, metadata };
}

it('hands the handler who calls, from where, under which key', async () => {
  const options = await as(
    {},
    { 'x-request-id': 'r1', 'x-forwarded-for': '192.0.2.7', 'idempotency-key': 'k1' },
  );
  await expect(client.deleteSshKey({ id: 'ssh_1' }, options)).resolves.toMatchObject({
    fingerprint: 'SHA256:x',
  });
  expect(seen[0]).toMatchObject({
    requestId: 'r1',
    remoteAddress: '192.0.2.7',
    idempotencyKey: 'k1',
    peer: { kind: 'gateway' },
    principal: { subject: 'key_1', projectId: 'prj_1' },
  });
});

it('hashes equal requests alike, whatever the order of their maps, and others apart', async () => {
  const request = (labels: Record<string, string>) => ({ name: 'a', labels, publicKey: 'ssh-ed25519 x' });
  const options = await as({}, { 'idempotency-key': 'k1' });
  for (const labels of [
    { a: '1', b: '2' },
    { b: '2', a: '1' },
    { a: '1', b: '3' },
  ])
    await client.importSshKey(request(labels), options);
  const [first, second, third] = seen.map((ctx) => ctx.requestHash);
  expect(first).toBe(second);
  expect(first).not.toBe(third);
});

it.each<[string, () => Promise<unknown>, string]>([
  ['no token', () => client.getSshKey({ id: 'x' }, { timeoutMs: 5_000 }), 'UNAUTHENTICATED'],
  ['an expired token', async () => client.getSshKey({ id: 'x' }, await as({}, {}, -60)), 'UNAUTHENTICATED'],
  [
    'a token without project',
    async () => client.getSshKey({ id: 'x' }, await as({ prj: undefined as never })),
    'PROJECT_REQUIRED',
  ],
  [
    'a token without the permission',
    async () => client.getSshKey({ id: 'x' }, await as({ perms: ['ssh-key:list'] })),
    'PERMISSION_DENIED',
  ],
  ['a request against the rules', async () => client.getSshKey({ id: '' }, await as()), 'INVALID_FIELDS'],
  [
    'a bad idempotency key',
    async () => client.deleteSshKey({ id: 'x' }, await as({}, { 'idempotency-key': 'a b' })),
    'IDEMPOTENCY_KEY_INVALID',
  ],
])('refuses %s before the handler runs', async (_what, call, reason) => {
  await expect(call()).rejects.toMatchObject({ reason });
  expect(seen).toEqual([]);
});

it('tells an unexpected failure as INTERNAL, with the request id and nothing of what happened', async () => {
  answer = () => Promise.reject(new Error('password of the database: hunter2'));
  const failure = await client
    .getSshKey({ id: 'x' }, await as({}, { 'x-request-id': 'r9' }))
    .catch((e: unknown) => e as CloudError);
  expect(failure).toMatchObject({ code: 'INTERNAL', metadata: { requestId: 'r9' } });
  expect((failure as CloudError).message).not.toContain('hunter2');
});

it('aborts the handler when the caller gives up', async () => {
  const aborted = new Promise<void>((resolve) => {
    answer = (ctx) =>
      new Promise((_, reject) => {
        ctx.signal.addEventListener('abort', () => {
          resolve();
          reject(ctx.signal.reason as Error);
        });
      });
  });
  const options = { ...(await as()), timeoutMs: 200 };
  await expect(client.getSshKey({ id: 'x' }, options)).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  await aborted;
});

it('tells that a stream is accepted before there is anything to send, and a refusal without that', async () => {
  const { metadata } = await as({ perms: ['instance:read'] });
  const raw = new computeV1.InstanceServiceClient(
    `127.0.0.1:${server.port}`,
    gateway.channelCredentials(),
    channelOptions('compute'),
  );
  const heard: string[] = [];
  const watch = (id: string) => {
    const stream = raw.watchInstance({ id }, metadata, { deadline: Date.now() + 10_000 });
    stream.on('metadata', () => {
      heard.push('accepted');
      speak();
    });
    stream.on('data', (instance: computeV1.Instance) => heard.push(instance.metadata?.id ?? ''));
    return new Promise((resolve) => {
      stream.on('error', () => resolve('refused'));
      stream.on('end', () => resolve('ended'));
    });
  };
  expect(await watch('unknown')).toBe('refused');
  expect(heard).toEqual([]);
  expect(await watch('ins_1')).toBe('ended');
  expect(heard).toEqual(['accepted', 'ins_1']);
  raw.close();
});

it.each([
  ['unknown', 'refused'],
  ['ins_1', 'ended'],
])('answers %s in the middle of its requests: %s', async (id, how) => {
  const { metadata } = await as({ perms: ['instance:exec'] });
  const raw = new computeV1.InstanceServiceClient(
    `127.0.0.1:${server.port}`,
    gateway.channelCredentials(),
    channelOptions('compute'),
  );
  const call = raw.execInstance(metadata, { deadline: Date.now() + 10_000 });
  call.write(computeV1.ExecInstanceRequest.fromPartial({ id }));
  call.resume();
  const told = await new Promise((resolve) => {
    call.on('error', (error: { code?: number }) =>
      resolve(error.code === status.INVALID_ARGUMENT && 'refused'),
    );
    call.on('end', () => resolve('ended'));
  });
  raw.close();
  expect(told).toBe(how);
});

it('counts every call by method and outcome', async () => {
  await client.getSshKey({ id: 'x' }, await as());
  const text = await registry.metrics();
  expect(text).toMatch(/thecloud_rpc_seconds_count\{[^}]*SshKeyService\/GetSshKey",code="OK"[^}]*\} \d+/);
  expect(text).toContain('code="UNAUTHENTICATED"');
});

/** A stock client: nothing of ours but the certificate. */
function stock(
  service: string,
  definition: ReturnType<typeof loadSync>,
): Client & Record<string, (...args: never[]) => unknown> {
  const found = service
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], loadPackageDefinition(definition));
  const Ctor = found as new (...args: unknown[]) => Client & Record<string, (...args: never[]) => unknown>;
  return new Ctor(`127.0.0.1:${server.port}`, gateway.channelCredentials(), channelOptions('compute'));
}

it('says over the health protocol that it serves', async () => {
  const health = stock('grpc.health.v1.Health', loadSync(healthProto, { enums: String }));
  const status = await new Promise((resolve, reject) => {
    health.check?.(
      ...([
        { service: 'thecloud.compute.v1.SshKeyService' },
        (err: Error | null, said: { status: string }) => (err ? reject(err) : resolve(said.status)),
      ] as never[]),
    );
  });
  health.close();
  expect(status).toBe('SERVING');
});

it('is called by buf curl, which knows only what reflection says', async () => {
  const url = `https://127.0.0.1:${server.port}`;
  const flags = [
    ...['--servername', serverName('compute'), '--cacert', gateway.caFile],
    ...['--cert', gateway.certFile, '--key', gateway.keyFile],
  ];
  const health = { url, flags, method: 'grpc.health.v1.Health/Check' };
  const body = { service: 'thecloud.compute.v1.SshKeyService' };
  expect(JSON.parse((await bufCurl({ ...health, body })).output)).toEqual({ status: 'SERVING' });
  const list = await bufCurl({ url, method: '', flags: [...flags, '--list-services'] });
  expect(list.output.trim().split('\n').sort()).toEqual([
    ...['grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection'],
    ...['grpc.reflection.v1alpha.ServerReflection', 'thecloud.common.v1.LaneService'],
    ...['thecloud.compute.v1.InstanceService', 'thecloud.compute.v1.SshKeyService'],
  ]);
  // Known, and refused by the service itself: no token.
  const keys = await bufCurl({ url, flags, method: 'thecloud.compute.v1.SshKeyService/ListSshKeys' });
  expect(keys.output).toContain('"code": "unauthenticated"');
});

it('takes a damaged message for what it is: the fault of its sender', async () => {
  const { importSshKey } = computeV1.SshKeyServiceService;
  const whole = importSshKey.requestSerialize(
    computeV1.ImportSshKeyRequest.fromPartial({
      name: 'laptop',
      labels: { a: 'é' },
      publicKey: 'ssh-ed25519 AAAA',
    }),
  );
  const { metadata } = await as();
  const asIs = (bytes: Buffer) => bytes;
  const send = (bytes: Buffer) =>
    new Promise<string>((resolve) => {
      const deadline = Date.now() + 5_000;
      client.raw.makeUnaryRequest(importSshKey.path, asIs, asIs, bytes, metadata, { deadline }, (error) =>
        resolve(error ? status[error.code]! : 'OK'),
      );
    });
  expect(await send(whole)).toBe('OK');
  const readings = await readEach([...truncations(whole), ...bitFlips(whole, 60, 9)], send);
  expect(readings.filter(({ value }) => value !== 'OK' && value !== 'INVALID_ARGUMENT')).toEqual([]);
  expect(readings.some(({ value }) => value === 'INVALID_ARGUMENT')).toBe(true);

  const streamed = (bytes: Buffer) =>
    new Promise<string>((resolve) => {
      const { path } = computeV1.InstanceServiceService.execInstance;
      const call = client.raw.makeBidiStreamRequest(path, asIs, asIs, exec, { deadline: Date.now() + 5_000 });
      call
        .on('data', () => {})
        .on('end', () => resolve('OK'))
        .on('error', (e: ServiceError) => resolve(status[e.code]!));
      call.end(bytes);
    });
  const { metadata: exec } = await as({ perms: ['instance:*'] });
  const first = computeV1.ExecInstanceRequest.encode({
    id: 'ins_1',
    input: { $case: 'signal', value: 'TERM' },
  });
  const streams = await readEach(bitFlips(Buffer.from(first.finish()), 40, 9), streamed);
  expect(streams.filter(({ value }) => value !== 'OK' && value !== 'INVALID_ARGUMENT')).toEqual([]);
});
