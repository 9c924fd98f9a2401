import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import { computeV1 } from '@thecloud/api';
import { testPeer, testPostgres } from '@thecloud/testkit';
import { projectOf, requesterOf } from '../context';
import type { RequestContext } from '../context';
import { keyOwnerOf, scopeOf } from '../db/kept-answers';
import { createLogger } from '../log';
import { createMetrics, RpcMetrics } from '../telemetry/metrics';
import { createClient } from './client';
import { delegated } from './delegation';
import { implement } from './implement';
import { startRpcServer } from './server';
import type { RpcServer } from './server';

let server: RpcServer;
let dir: string;
const seen: RequestContext[] = [];
const clients: Array<{ close(): void }> = [];
const gone = { gone: true, operation: undefined };
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'delegation-'));
  const { secretsDir } = await testPostgres();
  const own = await testPeer({ secretsDir, dir }, 'compute');
  const take =
    <T>(answer: T) =>
    (ctx: RequestContext) => {
      seen.push(ctx);
      return Promise.resolve(answer);
    };
  server = await startRpcServer({
    address: '127.0.0.1:0',
    credentials: own.serverCredentials(),
    services: [
      implement<computeV1.OwnedInstanceServiceServer>(computeV1.OwnedInstanceServiceService, {
        applyOwnedInstance: take({ instance: undefined, operation: undefined }),
        deleteOwnedInstance: take(gone),
        listOwnedInstances: take({ instances: [], nextPageToken: '' }),
      }),
    ],
    log: createLogger({ service: 'test', level: 'silent' }),
    metrics: new RpcMetrics(createMetrics('test')),
  });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await server.drain();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => (seen.length = 0));

async function as(kind: string) {
  const { secretsDir } = await testPostgres();
  const peer = await testPeer({ secretsDir, dir }, kind);
  const client = createClient(computeV1.OwnedInstanceServiceClient, {
    target: `127.0.0.1:${server.port}`,
    credentials: peer.channelCredentials(),
    serverKind: 'compute',
  });
  clients.push(client);
  return client;
}
const why = { projectId: 'prj_1', operationId: 'op_1', requestedBy: 'usr_1' };
const child = { id: 'ins_1', ownerId: 'db_1' };
const options = { timeoutMs: 10_000 };

it('works in the project that the call names, for who asked, under the id of the operation', async () => {
  const calls = delegated(await as('database'), why);
  await expect(calls.deleteOwnedInstance(child, options)).resolves.toEqual(gone);
  const [ctx] = seen as [RequestContext];
  expect(ctx).toMatchObject({ delegation: why, peer: { kind: 'database' }, requestId: 'op_1' });
  expect([projectOf(ctx), requesterOf(ctx), scopeOf(ctx)]).toEqual([
    'prj_1',
    'usr_1',
    { projectId: 'prj_1' },
  ]);
  expect(ctx.log.bindings()).toMatchObject({ project: 'prj_1', operation: 'op_1' });
});

it('keeps its idempotency keys apart from those of the project', async () => {
  const metadata = new Metadata();
  metadata.set('idempotency-key', 'k1');
  await delegated(await as('database'), why).deleteOwnedInstance(child, { ...options, metadata });
  const [ctx] = seen as [RequestContext];
  expect([ctx.idempotencyKey, keyOwnerOf(ctx)]).toEqual(['database/k1', 'prj_1']);
});

it.each(['x-thecloud-project', 'x-thecloud-operation', 'x-thecloud-requested-by'])(
  'refuses a call that does not say %s',
  async (missing) => {
    const said = {
      'x-thecloud-project': 'prj_1',
      'x-thecloud-operation': 'op_1',
      'x-thecloud-requested-by': 'usr_1',
    };
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(said)) if (name !== missing) metadata.set(name, value);
    const asked = (await as('database')).deleteOwnedInstance(child, { ...options, metadata });
    await expect(asked).rejects.toMatchObject({ reason: 'DELEGATION_REQUIRED' });
    expect(seen).toEqual([]);
  },
);

it.each(['gateway', 'agent', 'identity', 'compute'])(
  'refuses %s, which the method does not name',
  async (kind) => {
    const asked = delegated(await as(kind), why).deleteOwnedInstance(child, options);
    await expect(asked).rejects.toMatchObject({ reason: 'PEER_NOT_ALLOWED' });
    expect(seen).toEqual([]);
  },
);

it('sees no project where the method takes no delegation, whatever the call says', async () => {
  await delegated(await as('database'), why).listOwnedInstances({ pageSize: 1, pageToken: '' }, options);
  const [ctx] = seen as [RequestContext];
  expect(ctx.delegation).toBeUndefined();
  expect(() => scopeOf(ctx)).toThrow('without a project');
});
