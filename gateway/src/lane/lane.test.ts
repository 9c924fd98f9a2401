import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Metadata } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { computeV1 } from '@thecloud/api';
import { errorCatalogue, entry } from '@thecloud/kernel';
import {
  channelOptions,
  createLogger,
  createMetrics,
  implement,
  Lane,
  LaneBroken,
  RpcMetrics,
  startRpcServer,
  TokenVerifier,
} from '@thecloud/service-kit';
import type { CertificateFiles, RequestContext, RpcServer } from '@thecloud/service-kit';
import { eventually, testPeer, testPostgres, testToken } from '@thecloud/testkit';
import { fromBackend } from '../backend-error';
import { Lanes } from './lanes';

jest.setTimeout(60_000);
const errors = errorCatalogue('test.thecloud', {
  SHUT: entry<{ why: string }>('FAILED_PRECONDITION', (m) => `It is shut: ${m.why}.`),
});
const dir = mkdtempSync(join(tmpdir(), 'lane-'));
const path = '/thecloud.compute.v1.SshKeyService/GetSshKey';
const deletePath = '/thecloud.compute.v1.SshKeyService/DeleteSshKey';
let secretsDir: string;
let own: CertificateFiles;
let gateway: CertificateFiles;
let token: string;
let server: RpcServer;
let answer: (ctx: RequestContext, id: string) => Promise<computeV1.SshKey>;
const open: Array<() => unknown> = [];

beforeAll(async () => {
  ({ secretsDir } = await testPostgres());
  own = await testPeer({ secretsDir, dir }, 'compute');
  gateway = await testPeer({ secretsDir, dir }, 'gateway');
  token = await tokenOf(['ssh-key:*']);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeEach(async () => {
  answer = async (_ctx, id) => computeV1.SshKey.fromPartial({ fingerprint: id });
  server = await startServer();
});
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await server.drain();
});

const tokenOf = (perms: string[]) =>
  testToken({ secretsDir }, { sub: 'key_1', kind: 'api_key', prj: 'prj_1', perms });

function startServer(): Promise<RpcServer> {
  const jwk = JSON.parse(readFileSync(join(secretsDir, 'token-key.json'), 'utf8')) as Record<string, unknown>;
  const { d: _, ...publicKey } = jwk;
  const handle = (ctx: RequestContext, { id }: { id: string }) => answer(ctx, id);
  const definition = {
    getSshKey: computeV1.SshKeyServiceService.getSshKey,
    deleteSshKey: computeV1.SshKeyServiceService.deleteSshKey,
  };
  return startRpcServer({
    address: '127.0.0.1:0',
    credentials: own.serverCredentials(),
    services: [
      implement<Pick<computeV1.SshKeyServiceServer, keyof typeof definition>>(definition, {
        getSshKey: handle,
        deleteSshKey: handle,
      }),
    ],
    tokens: new TokenVerifier(() => Promise.resolve(JSON.stringify({ keys: [publicKey] }))),
    log: createLogger({ service: 'test', level: 'silent' }),
    metrics: new RpcMetrics(createMetrics('test')),
  });
}

const clientOf = (port: number, files = gateway) =>
  new Client(`127.0.0.1:${port}`, files.channelCredentials(), channelOptions('compute'));

async function laneTo(port: number): Promise<Lane> {
  const lane = new Lane(clientOf(port));
  open.push(() => lane.close());
  await eventually('a lane', () => lane.usable);
  return lane;
}

interface How {
  readonly headers?: Record<string, string>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly method?: string;
}
const optionsOf = ({ headers, timeoutMs = 30_000, signal }: How) => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  for (const [name, value] of Object.entries(headers ?? {})) metadata.set(name, value);
  return { backend: 'compute', requestId: 'r1', metadata, timeoutMs, ...(signal ? { signal } : {}) };
};
const encode = (id: string) => Buffer.from(computeV1.GetSshKeyRequest.encode({ id }).finish());
async function ask(lane: Lane, id: string, how: How = {}): Promise<string> {
  const { metadata, ...options } = optionsOf(how);
  const headers = metadata.getMap() as Record<string, string>;
  try {
    const bytes = await lane.call(how.method ?? path, encode(id), { ...options, metadata: headers });
    return computeV1.SshKey.decode(bytes).fingerprint;
  } catch (error) {
    throw error instanceof LaneBroken ? error : fromBackend(error as ServiceError, 'compute', 'r1');
  }
}

it('carries many calls at a time and gives each its own answer', async () => {
  const lane = await laneTo(server.port);
  const ids = Array.from({ length: 300 }, (_, i) => `ssh_${i}`);
  expect(await Promise.all(ids.map((id) => ask(lane, id)))).toEqual(ids);
  expect(lane.load).toBe(0);
});

it('hands the handler who calls, from where, under which key', async () => {
  let seen: RequestContext | undefined;
  answer = async (ctx) => ((seen = ctx), computeV1.SshKey.fromPartial({}));
  const headers = { 'x-request-id': 'r7', 'x-forwarded-for': '192.0.2.7', 'idempotency-key': 'k1' };
  await ask(await laneTo(server.port), 'ssh_1', { headers, method: deletePath });
  expect(seen).toMatchObject({
    requestId: 'r7',
    remoteAddress: '192.0.2.7',
    idempotencyKey: 'k1',
    peer: { kind: 'gateway' },
    principal: { subject: 'key_1', projectId: 'prj_1' },
  });
});

it('refuses as a call of its own would be refused', async () => {
  const lane = await laneTo(server.port);
  const refused = (how: How, id = 'ssh_1') => expect(ask(lane, id, how)).rejects;
  await refused({ headers: { authorization: '' } }).toMatchObject({ code: 'UNAUTHENTICATED' });
  await refused({ headers: { authorization: 'Bearer forged' } }).toMatchObject({ code: 'UNAUTHENTICATED' });
  const lesser = `Bearer ${await tokenOf(['image:*'])}`;
  await refused({ headers: { authorization: lesser } }).toMatchObject({ code: 'PERMISSION_DENIED' });
  await refused({ headers: { 'idempotency-key': 'no good' }, method: deletePath }).toMatchObject({
    reason: 'IDEMPOTENCY_KEY_INVALID',
  });
  await refused({}, '').toMatchObject({ code: 'INVALID_ARGUMENT', violations: [{ field: 'id' }] });
  await refused({ method: '/thecloud.compute.v1.SshKeyService/Other' }).toMatchObject({
    code: 'UNIMPLEMENTED',
  });
});

it('brings errors whole, and keeps bugs to itself', async () => {
  const lane = await laneTo(server.port);
  answer = () => Promise.reject(errors.SHUT({ why: 'lunch' }));
  await expect(ask(lane, 'ssh_1')).rejects.toMatchObject({
    ...{ code: 'FAILED_PRECONDITION', reason: 'SHUT', domain: 'test.thecloud', metadata: { why: 'lunch' } },
  });
  answer = () => Promise.reject(new Error('the password is x'));
  const bug = await ask(lane, 'ssh_1').catch((error: Error) => error);
  expect(bug).toMatchObject({ code: 'INTERNAL' });
  expect((bug as Error).message).not.toContain('password');
});

it('tells the handler when its caller goes or has waited long enough', async () => {
  const lane = await laneTo(server.port);
  const ended: unknown[] = [];
  const entered: Array<() => void> = [];
  answer = (ctx) =>
    new Promise((_, reject) => {
      entered.shift()?.();
      ctx.signal.addEventListener('abort', () => (ended.push(ctx.signal.reason), reject(ctx.signal.reason)));
    });
  const gone = new AbortController();
  entered.push(() => gone.abort());
  await expect(ask(lane, 'ssh_1', { signal: gone.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(ask(lane, 'ssh_2', { timeoutMs: 50 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await eventually('the end of both', () => ended.length === 2);
  expect(lane.load).toBe(0);
});

it('lets a server that stops finish what is under way', async () => {
  const lane = await laneTo(server.port);
  let finish = () => {};
  const entered = new Promise<void>((resolve) => {
    answer = (_ctx, id) =>
      new Promise((done) => {
        resolve();
        finish = () => done(computeV1.SshKey.fromPartial({ fingerprint: id }));
      });
  });
  const asked = ask(lane, 'ssh_1');
  await entered;
  const drained = server.drain();
  await eventually('no lane', () => !lane.usable);
  finish();
  await expect(asked).resolves.toBe('ssh_1');
  await drained;
  server = await startServer();
});

it('opens to gateways and to compute only', async () => {
  const agent = await testPeer({ secretsDir, dir }, 'agent');
  const client = clientOf(server.port, agent);
  open.push(() => client.close());
  const lane = new Lane(client);
  open.push(() => lane.close());
  await new Promise<void>((resolve, reject) =>
    client.waitForReady(Date.now() + 20_000, (e) => (e ? reject(e) : resolve())),
  );
  await expect(ask(lane, 'ssh_1')).rejects.toBeInstanceOf(LaneBroken);
  expect(lane.usable).toBe(false);
});

/** Between us and the server, to be cut. */
async function wireTo(port: number) {
  const sockets = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  open.push(() => relay.close());
  return {
    port: (relay.address() as AddressInfo).port,
    cut: () => sockets.forEach((socket) => socket.destroy()),
  };
}

it('passes on every answer that has come, even if the stream breaks meanwhile', async () => {
  const wire = await wireTo(server.port);
  const lane = await laneTo(wire.port);
  const ids = Array.from({ length: 890 }, (_, i) => `ssh_${i}`);
  let entered = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  answer = async (_ctx, id) => {
    if (id === 'ssh_slow') return new Promise(() => undefined);
    if (++entered === ids.length) release(); // so all answers leave in one message
    await released;
    return computeV1.SshKey.fromPartial({ fingerprint: id });
  };
  const lost = expect(ask(lane, 'ssh_slow')).rejects.toBeInstanceOf(LaneBroken);
  const asked = ids.map((id) => ask(lane, id));
  await Promise.race(asked);
  wire.cut();
  expect(await Promise.all(asked)).toEqual(ids);
  await lost;
});

describe('over the replicas of a service', () => {
  const lanesOver = (...ports: number[]) => {
    const plain = clientOf(server.port);
    const lanes = new Lanes(
      gateway.channelCredentials(),
      () => plain,
      (_service, tell) => {
        tell(ports.map((port) => `127.0.0.1:${port}`));
        return () => undefined;
      },
    );
    open.push(
      () => plain.close(),
      () => lanes.close(),
    );
    return lanes;
  };
  const through = async (lanes: Lanes, id: string, repeatable: boolean): Promise<string> => {
    const bytes = await lanes.call('compute', path, encode(id), { ...optionsOf({}), repeatable });
    return computeV1.SshKey.decode(bytes).fingerprint;
  };

  it('goes the plain way while there is no lane, and finds the same answer', async () => {
    const lanes = lanesOver();
    expect(await through(lanes, 'ssh_1', false)).toBe('ssh_1');
  });

  it('asks again what may be asked twice when a lane breaks, and nothing else', async () => {
    const wire = await wireTo(server.port);
    const lanes = lanesOver(wire.port);
    let calls = 0;
    const plainly = answer;
    await eventually('a lane', () => lanes.usable('compute') === 1);
    answer = (ctx, id) => {
      if (++calls > 2) return plainly(ctx, id);
      if (calls === 2) wire.cut();
      return new Promise(() => undefined); // its answer has nowhere to go
    };
    const [read, write] = await Promise.allSettled([
      through(lanes, 'ssh_r', true),
      through(lanes, 'ssh_w', false),
    ]);
    expect(read).toEqual({ status: 'fulfilled', value: 'ssh_r' });
    expect(write).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE' } });
    expect(calls).toBe(3);
    await eventually('a lane', () => lanes.usable('compute') === 1); // and opens anew
  });
});
